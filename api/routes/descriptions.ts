import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { acceptedDescriptionsSchema, describeSchemaBody } from '../schemas/mapping.js';
import { idParams } from '../schemas/text.js';
import { startDescriptions } from '../start-descriptions.js';

export function addDescriptionRoutes(routes: Routes, deps: ApiContext): void {
  routes.route(
    {
      method: 'post',
      path: '/v1/data-sources/{id}/descriptions',
      operationId: 'describeSchema',
      tag: 'Schema mapping',
      summary: 'Have the model describe what nothing describes',
      description:
        'Tables without a description, and columns without one whose names do not speak for themselves. What it writes are mappings of status ' +
        '`generated`: they count when a person accepts them. What was proposed or rejected before is not asked again.',
      scope: 'data-sources:write',
      limit: 'indexing',
      params: idParams,
      body: describeSchemaBody,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedDescriptionsSchema } },
      errors: [
        'conflict',
        'data_source_not_indexed',
        'engine_unavailable',
        'mapping_invalid',
        'model_not_configured',
      ],
    },
    async ({ caller, params, body }) => {
      const jobId = await startDescriptions(deps, caller, params.id, body);
      const job = `/v1/jobs/${jobId}`;
      const proposals = `/v1/data-sources/${params.id}/mappings?status=generated`;
      return {
        status: 202,
        body: { jobId, links: { job, events: `${job}/events`, proposals } },
        headers: { Location: job },
      };
    },
  );
}
