import { v7 as uuidv7 } from 'uuid';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { workflowIds } from '../../contracts/workflows.js';
import { getDataSourceForAsking } from '../../db/statements/data-sources.js';
import type { ApiDeps } from '../api-deps.js';
import type { Routes } from '../route.js';
import { searchResultSchema, searchSchemaBody } from '../schemas/search.js';
import { idParams } from '../schemas/text.js';

/** Shows which tables a question would be answered with. A worker looks: it has the schema in memory and the embedding model. */
export function addSearchRoutes(routes: Routes, { db, engine }: ApiDeps): void {
  routes.route(
    {
      method: 'post',
      path: '/v1/data-sources/{id}/search',
      operationId: 'searchSchema',
      tag: 'Schema mapping',
      summary: 'Find the tables for a question',
      description:
        'What answering does before it writes SQL: ranked tables with reasons and scores, columns that fit, families, and the joins among them.',
      scope: 'questions:ask',
      limit: 'questions',
      params: idParams,
      body: searchSchemaBody,
      replies: { 200: { description: 'The tables, best first.', schema: searchResultSchema } },
      errors: ['data_source_not_indexed', 'subject_area_unknown', 'engine_unavailable'],
    },
    async ({ caller, params, body }) => {
      const source = await db.withTenant(caller.tenantId, (tx) => getDataSourceForAsking(tx, params.id));
      if (!source) throw new QuaestorError('not_found', 'There is no data source with this id.');
      const reply = await engine.searchSchema({
        tenantId: caller.tenantId,
        tier: caller.tier,
        jobId: workflowIds.searchSchema(uuidv7()),
        dataSourceId: params.id,
        query: body.query,
        ...(body.area === undefined ? {} : { area: body.area }),
        ...(body.limit === undefined ? {} : { limit: body.limit }),
        summary: `Search: ${body.query}`,
      });
      if ('error' in reply) throw new QuaestorError(reply.error.code, reply.error.message);
      return { status: 200, body: reply.result };
    },
  );
}
