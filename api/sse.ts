import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { JobEvent } from '../contracts/events.js';
import { isTerminalJobStatus } from '../contracts/job.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { readEvents } from '../db/statements/events.js';
import { getJob } from '../db/statements/jobs.js';
import type { ApiContext } from './api-context.js';
import { STREAM_TIMES } from './api-deps.js';
import { Waker } from './waker.js';

const TERMINAL_KINDS = new Set<string>(['job.succeeded', 'job.failed', 'job.cancelled']);
const PAGE = 500;

export interface EventStream {
  req: Request;
  res: Response;
  tenantId: string;
  jobId: string;
  /** Events up to this number are known to the client. */
  afterSeq: number;
}

/**
 * Streams the events of a job as server-sent events (WHATWG HTML, 9.2) from any point to its end. Rows are the truth: the stream
 * reads them when woken and at every poll, so it goes on after an outage of the store, of Redis or of this process where it was.
 * A client that knows all events of an ended job gets 204, on which EventSource stops reconnecting.
 * @throws QuaestorError `not_found`, or `store_unavailable` before the stream has begun.
 */
export async function streamEvents(deps: ApiContext, stream: EventStream): Promise<void> {
  const { req, res, tenantId, jobId } = stream;
  const times = { ...STREAM_TIMES, ...deps.streams };
  const closed = new AbortController();
  res.once('close', () => closed.abort());
  const signal = deps.stopping ? AbortSignal.any([closed.signal, deps.stopping]) : closed.signal;

  const isOver = await isJobOver(deps, stream);
  const read = async (afterSeq: number): Promise<JobEvent[]> =>
    deps.db.withTenant(tenantId, async (tx) => readEvents(tx, jobId, afterSeq, PAGE));
  let events = await read(stream.afterSeq);
  if (isOver && events.length === 0) {
    res.status(204).end();
    return;
  }
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  if (req.method === 'HEAD') {
    res.end();
    return;
  }

  const write = async (text: string): Promise<void> => {
    if (res.destroyed) return;
    // A slow reader slows its own stream only; an abort while waiting ends the loop below.
    if (!res.write(text)) await once(res, 'drain', { signal }).catch(() => undefined);
  };
  const waker = new Waker(deps.bus, jobId, signal);
  const heartbeat = setInterval(() => {
    if (!res.destroyed && !res.writableNeedDrain) res.write(': heartbeat\n\n');
  }, times.heartbeatMs);
  let afterSeq = stream.afterSeq;
  let reconciledAt = Date.now();
  try {
    await write('retry: 1000\n\n');
    while (!signal.aborted) {
      for (const event of events) {
        await write(format(event));
        afterSeq = event.seq;
      }
      if (TERMINAL_KINDS.has(events.at(-1)?.kind ?? '')) return;
      if (events.length < PAGE) await waker.wait(times.pollMs);
      if (signal.aborted) return;
      try {
        let isEnded = false;
        if (Date.now() - reconciledAt >= times.reconcileMs) {
          reconciledAt = Date.now();
          isEnded = await isJobOver(deps, stream);
        }
        events = await read(afterSeq);
        if (isEnded && events.length === 0) return;
      } catch (error) {
        if (!(error instanceof QuaestorError)) throw error;
        if (error.code === 'not_found') return;
        deps.logger.debug({ err: error, jobId }, 'an event stream waits for the store');
        events = [];
      }
    }
  } finally {
    clearInterval(heartbeat);
    waker.close();
    res.end();
  }
}

async function isJobOver(deps: ApiContext, { tenantId, jobId }: EventStream): Promise<boolean> {
  const job = await deps.db.withTenant(tenantId, async (tx) => getJob(tx, jobId));
  if (!job) throw new QuaestorError('not_found', 'There is no job with this id.');
  return isTerminalJobStatus((await deps.reconcile(tenantId, job)).status);
}

const format = (event: JobEvent): string =>
  `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event.data)}\n\n`;
