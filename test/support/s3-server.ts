import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

/** What a test sees of a request. */
export interface S3Request {
  method: string;
  /** The object's key; empty for requests on the bucket. */
  key: string;
  query: URLSearchParams;
  /** Of the body. */
  sizeBytes: number;
}

/**
 * An answer in place of the server's; a connection that breaks, in the body or after some of the answer; or work that is done and never
 * answered.
 */
export type S3Fault = { status: number; code: string } | 'cut' | 'cut-answer' | 'no-answer';

export interface S3Server {
  bucket: string;
  /** Settings that keep datasets there, and the credentials. */
  env: Record<string, string>;
  /** Asked of each request. Default: no fault. */
  fault: (request: S3Request) => S3Fault | undefined;
  /** Called when a request has been answered without a fault, and when one that is never answered is done. */
  onAnswered: (request: S3Request) => void;
  requests: S3Request[];
  /** Keys of whole objects, in order. */
  keys(): Promise<string[]>;
  /** Ids of uploads that were begun and neither finished nor aborted. */
  unfinished(): Promise<string[]>;
  /** As if all that is there had been written so long ago. */
  age(ms: number): Promise<void>;
  /** The file behind an object. */
  pathOf(key: string): string;
  close(): Promise<void>;
}

const BUCKET = 'datasets';
const OBJECT = '._S3rver_object';

/**
 * An S3-compatible server of its own on a free port of 127.0.0.1: s3rver, with the two requests that it lacks (unfinished uploads: list
 * and abort), and faults as tests want them. The caller closes it.
 */
export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'quaestor-s3-'));
  const s3rver = new S3rver({ directory, silent: true, configureBuckets: [{ name: BUCKET, configs: [] }] });
  await s3rver.configureBuckets();
  const handle = s3rver.callback();
  const folder = join(directory, BUCKET);
  const uploads = join(folder, '._S3rver_uploads');

  const server: S3Server = {
    bucket: BUCKET,
    env: {},
    fault: () => undefined,
    onAnswered: () => undefined,
    requests: [],
    keys: async () => {
      const names = await readdir(folder, { recursive: true });
      return names
        .filter((name) => name.endsWith(OBJECT))
        .map((name) => name.slice(0, -OBJECT.length))
        .sort();
    },
    unfinished: async () => (existsSync(uploads) ? await readdir(uploads) : []),
    age: async (ms) => {
      const then = new Date(Date.now() - ms);
      for (const name of await readdir(folder, { recursive: true }))
        await utimes(join(folder, name), then, then);
    },
    pathOf: (key) => join(folder, `${key}${OBJECT}`),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };

  const http = createServer((request, response) => {
    const seen = requestOf(request);
    server.requests.push(seen);
    const fault = server.fault(seen);
    if (fault === 'no-answer') {
      response.end = () => {
        server.onAnswered(seen);
        return response;
      };
    } else if (fault) {
      answerFault(fault, request, response, handle);
      return;
    }
    response.on('finish', () => server.onAnswered(seen));
    if (seen.query.has('uploads') && seen.method === 'GET') return void listUploads(uploads, seen, response);
    if (seen.query.has('uploadId') && seen.method === 'DELETE')
      return void abortUpload(uploads, seen, response);
    // To say where a list goes on s3rver wants a cipher that OpenSSL 3 does not have: its lists are whole.
    request.url = request.url?.replace(/&max-keys=\d+/, '');
    handle(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server.env = {
    QUAESTOR_STORE_S3_BUCKET: BUCKET,
    QUAESTOR_STORE_S3_ENDPOINT: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
  };
  return server;
}

function requestOf({ headers, method = '', url = '' }: IncomingMessage): S3Request {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const key = decodeURIComponent(pathname).split('/').slice(2).join('/');
  return { method, key, query: searchParams, sizeBytes: Number(headers['content-length'] ?? 0) };
}

function answerFault(
  fault: Exclude<S3Fault, 'no-answer'>,
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  if (fault === 'cut') {
    // In the middle of the body where it is larger than what comes at once.
    request.once('data', () => request.socket.destroy());
    request.once('end', () => request.socket.destroy());
    return;
  }
  if (fault === 'cut-answer') {
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    response.write = ((...args: unknown[]) => {
      const sent = write(...args);
      setImmediate(() => request.socket.destroy());
      return sent;
    }) as typeof response.write;
    handle(request, response);
    return;
  }
  request.resume();
  response
    .writeHead(fault.status, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>As the test wants it</Message></Error>`,
    );
}

async function listUploads(uploads: string, { query }: S3Request, response: ServerResponse): Promise<void> {
  const found: string[] = [];
  for (const id of existsSync(uploads) ? await readdir(uploads) : []) {
    const key = await readFile(join(uploads, id, 'key'), 'utf8');
    const { mtime } = await stat(join(uploads, id, 'key'));
    if (!key.startsWith(query.get('prefix') ?? '')) continue;
    found.push(
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${mtime.toISOString()}</Initiated></Upload>`,
    );
  }
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0"?><ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${found.join('')}</ListMultipartUploadsResult>`,
    );
}

async function abortUpload(uploads: string, { query }: S3Request, response: ServerResponse): Promise<void> {
  await rm(join(uploads, query.get('uploadId') ?? 'none'), { recursive: true, force: true });
  response.writeHead(204).end();
}
