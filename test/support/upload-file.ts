import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../../contracts/dataset.js';
import { collectEvents, type TestQuaestor } from './quaestor.js';

type Uploader = Pick<TestQuaestor, 'fetch' | 'client'>;

/** Sends a file as a form; the reply as it is. */
export async function uploadFile(
  quaestor: Uploader,
  name: string,
  content: Buffer | string,
  type = '',
): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(Buffer.from(content))], { type }), name);
  // Making a large file holds this process up, in which the server may be too: connections that it closed meanwhile must be seen.
  await setImmediate();
  await setImmediate();
  return await quaestor.fetch('/v1/datasets', { method: 'POST', body: form });
}

export interface AcceptedUpload {
  dataset: Dataset;
  jobId: string;
}

/** Sends a file, waits for the end of its job, and gives the dataset then. */
export async function uploadAndRead(
  quaestor: Uploader,
  name: string,
  content: Buffer | string,
  type = '',
): Promise<Dataset> {
  const reply = await uploadFile(quaestor, name, content, type);
  if (reply.status !== 202) throw new Error(`The upload was answered ${reply.status}: ${await reply.text()}`);
  const { dataset, jobId } = (await reply.json()) as AcceptedUpload;
  await collectEvents(quaestor.client, jobId);
  return (await (await quaestor.fetch(`/v1/datasets/${dataset.id}`)).json()) as Dataset;
}
