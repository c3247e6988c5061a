import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';

export interface StreamedRequest {
  method: string;
  /** With `content-length`. */
  headers: Record<string, string>;
  bytes: Readable;
  signal?: AbortSignal | undefined;
}

/**
 * A request with a body that comes from a stream, and its whole reply. By node:http, because `fetch` turns each piece into one of a web
 * stream first: for 1 GB 1.6 s of processor time against 0.5 s. Redirects are not followed.
 * @throws Error of the system when there is no reply or it breaks off; the signal's reason when it is aborted
 */
export async function sendStream(url: string, { bytes, ...options }: StreamedRequest): Promise<Response> {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const { signal } = options;
  return await new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(signal?.aborted ? signal.reason : error);
    const sent = request(url, options, (reply) => {
      reply.toArray().then((pieces: Buffer[]) => {
        const status = reply.statusCode ?? 500;
        const headers = Object.entries(reply.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve(new Response(isBodiless(status) ? null : Buffer.concat(pieces), { status, headers }));
        // A reply before the last byte is a refusal: the rest is for nobody.
        if (!sent.writableFinished) bytes.destroy();
      }, fail);
    });
    // The pipeline is over with the last byte, and tells nothing of a connection that breaks before the reply.
    sent.on('error', fail);
    // After the reply it changes nothing.
    pipeline(bytes, sent, (error) => {
      if (error) fail(error);
    });
  });
}

const isBodiless = (status: number): boolean => status === 204 || status === 304;
