import { QuaestorError } from '../../contracts/quaestor-error.js';
import { EXAMPLE_LIMITS } from '../../contracts/verified-example.js';
import type { Transaction } from '../../db/database.js';
import { getDataSourceForAsking } from '../../db/statements/data-sources.js';
import { listExampleRuns } from '../../db/statements/example-runs.js';
import { listVerifiedExamples } from '../../db/statements/verified-examples.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { saveExample } from '../save-example.js';
import { idParams } from '../schemas/text.js';
import {
  acceptedExampleRunSchema,
  exampleRunListSchema,
  saveExampleBody,
  verifiedExampleListSchema,
  verifiedExampleSchema,
} from '../schemas/verified-example.js';
import { startExampleRun } from '../start-example-run.js';

const tag = 'Verified examples';

/** Answers that people verified, and whether their SQL still gives the same. */
export function addExampleRoutes(routes: Routes, deps: ApiContext): void {
  const inSource = async <Result>(
    tenantId: string,
    id: string,
    work: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> =>
    await deps.db.withTenant(tenantId, async (tx) => {
      if (!(await getDataSourceForAsking(tx, id)))
        throw new QuaestorError('not_found', 'There is no data source with this id.');
      return await work(tx);
    });

  routes.route(
    {
      method: 'post',
      path: '/v1/questions/{id}/example',
      operationId: 'saveExample',
      tag,
      summary: 'Save an answer as a verified example',
      description:
        'Question and SQL become an example of the schema mapping, which models see with questions like it, and what the SQL gave is kept: it is done again after each indexing.',
      scope: 'data-sources:write',
      params: idParams,
      body: saveExampleBody,
      replies: { 200: { description: 'The example.', schema: verifiedExampleSchema } },
      errors: ['conflict', 'data_source_not_indexed'],
    },
    async ({ caller, params, body }) => ({
      status: 200,
      body: await saveExample(deps, { caller, questionId: params.id, words: body.question }),
    }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources/{id}/examples',
      operationId: 'listExamples',
      tag,
      summary: 'List the verified examples of a data source, oldest first',
      description:
        'An example whose SQL was changed through the mapping since is not verified any more and is left out.',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'All of them.', schema: verifiedExampleListSchema } },
    },
    async ({ caller, params }) => {
      const examples = await inSource(caller.tenantId, params.id, (tx) =>
        listVerifiedExamples(tx, params.id, EXAMPLE_LIMITS.examples),
      );
      return { status: 200, body: { examples } };
    },
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/data-sources/{id}/examples/runs',
      operationId: 'checkExamples',
      tag,
      summary: 'Do the SQL of all verified examples again',
      description:
        'Through the same guard, price, read-only transaction and audit as a question, and compared with the verified result. This is also done after each indexing.',
      scope: 'data-sources:write',
      limit: 'questions',
      params: idParams,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedExampleRunSchema } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params }) => {
      const { id, jobId } = await startExampleRun(deps, caller, params.id);
      const job = `/v1/jobs/${jobId}`;
      const links = { runs: `/v1/data-sources/${params.id}/examples/runs`, job, events: `${job}/events` };
      return { status: 202, body: { id, jobId, status: 'queued', links }, headers: { Location: job } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources/{id}/examples/runs',
      operationId: 'listExampleRuns',
      tag,
      summary: 'List the newest runs over the verified examples, with what came out differently',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'The newest first.', schema: exampleRunListSchema } },
    },
    async ({ caller, params }) => {
      const runs = await inSource(caller.tenantId, params.id, (tx) =>
        listExampleRuns(tx, params.id, EXAMPLE_LIMITS.listedRuns),
      );
      return { status: 200, body: { runs } };
    },
  );
}
