import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { acceptedIndexingSchema } from '../schemas/job.js';
import { idParams } from '../schemas/text.js';
import { startIndexing } from '../start-indexing.js';

export function addIndexingRoutes(routes: Routes, deps: ApiContext): void {
  routes.route(
    {
      method: 'post',
      path: '/v1/data-sources/{id}/index',
      operationId: 'indexDataSource',
      tag: 'Data sources',
      summary: 'Index the schema of a data source',
      description:
        'While an indexing runs, that one is returned. Questions are answered with the old index until it has ended.',
      scope: 'data-sources:write',
      limit: 'indexing',
      params: idParams,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedIndexingSchema } },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params }) => {
      const job = await startIndexing(deps, caller, params.id);
      const url = `/v1/jobs/${job.id}`;
      const links = { job: url, events: `${url}/events` };
      return {
        status: 202,
        body: { jobId: job.id, status: job.status, links },
        headers: { Location: url },
      };
    },
  );
}
