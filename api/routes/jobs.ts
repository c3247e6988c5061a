import { z } from 'zod';
import { isTerminalJobStatus, type Job } from '../../contracts/job.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { endJob } from '../../db/end-job.js';
import { appendAudit } from '../../db/statements/audit.js';
import { getJob, listJobs } from '../../db/statements/jobs.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { eventStreamSchema, jobListSchema, jobSchema } from '../schemas/job.js';
import { jobIdParams } from '../schemas/text.js';
import { streamEvents } from '../sse.js';

const tag = 'Jobs';
const DEFAULT_LIST = 50;

export function addJobRoutes(routes: Routes, deps: ApiContext): void {
  const { db, engine, bus } = deps;

  const readJob = async (tenantId: string, id: string): Promise<Job> => {
    const job = await db.withTenant(tenantId, async (tx) => getJob(tx, id));
    if (!job) throw new QuaestorError('not_found', 'There is no job with this id.');
    return deps.reconcile(tenantId, job);
  };

  routes.route(
    {
      method: 'get',
      path: '/v1/jobs',
      operationId: 'listJobs',
      tag,
      summary: 'List jobs, newest first',
      scope: 'jobs:read',
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(DEFAULT_LIST) }),
      replies: { 200: { description: 'The newest jobs.', schema: jobListSchema } },
    },
    async ({ caller, query }) => ({
      status: 200,
      body: { jobs: await db.withTenant(caller.tenantId, async (tx) => listJobs(tx, query.limit)) },
    }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/jobs/{id}',
      operationId: 'readJob',
      tag,
      summary: 'Read one job',
      scope: 'jobs:read',
      params: jobIdParams,
      replies: { 200: { description: 'The job.', schema: jobSchema } },
    },
    async ({ caller, params }) => ({ status: 200, body: await readJob(caller.tenantId, params.id) }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/jobs/{id}/events',
      operationId: 'streamJobEvents',
      tag,
      summary: 'Follow a job as server-sent events',
      description:
        'All events from the first, or those after `Last-Event-ID` (or `?after=`), then each as it happens. The stream ends after `job.succeeded`, `job.failed` or `job.cancelled`; a stream that breaks earlier is resumed by the id of the last event seen. Clients must ignore kinds that they do not know.',
      scope: 'jobs:read',
      params: jobIdParams,
      query: z.object({ after: z.coerce.number().int().min(0).max(2_147_483_647).default(0) }),
      headers: z.object({
        'Last-Event-ID': z.string().optional().meta({ description: 'Goes before `?after=`.', example: '17' }),
      }),
      replies: {
        200: {
          description: 'The stream: `id` is the number of the event, `event` its kind, `data` its JSON.',
          contentType: 'text/event-stream',
          schema: eventStreamSchema,
        },
        204: { description: 'The job has ended and the client knows all its events.' },
      },
    },
    async ({ caller, params, query, req, res }) => {
      const lastEventId = req.get('last-event-id');
      if (lastEventId !== undefined && !/^\d{1,9}$/.test(lastEventId)) {
        throw new QuaestorError(
          'invalid_request',
          'Last-Event-ID: must be the id of an event of this stream.',
        );
      }
      const afterSeq = lastEventId === undefined ? query.after : Number(lastEventId);
      await streamEvents(deps, { req, res, tenantId: caller.tenantId, jobId: params.id, afterSeq });
      return undefined;
    },
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/jobs/{id}',
      operationId: 'cancelJob',
      tag,
      summary: 'Cancel a job',
      description:
        'The job ends when its steps have let go: a running query is cancelled on the database server.',
      scope: 'jobs:cancel',
      params: jobIdParams,
      replies: { 202: { description: 'The job was asked to stop.', schema: jobSchema } },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params }) => {
      const { tenantId, userId } = caller;
      const job = await readJob(tenantId, params.id);
      if (isTerminalJobStatus(job.status)) {
        throw new QuaestorError('conflict', `The job has ended already: it ${endedAs(job)}.`, {
          details: { status: job.status },
        });
      }
      const isAsked = await engine.cancel(job.id);
      const newest = await db.withTenant(tenantId, async (tx) => {
        // Nobody works on it, so nobody would record its end.
        if (!isAsked) await endJob(tx, job, { status: 'cancelled' });
        const { kind, subjectId } = job;
        await appendAudit(tx, {
          userId,
          action: 'job.cancel-requested',
          subjectId,
          data: { jobId: job.id, kind },
        });
        return getJob(tx, job.id);
      });
      bus.publish(job.id);
      return { status: 202, body: newest ?? job, headers: { Location: `/v1/jobs/${job.id}` } };
    },
  );
}

const endedAs = ({ status }: Job): string => (status === 'cancelled' ? 'was cancelled' : status);
