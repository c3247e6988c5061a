import { QuaestorError } from '../../contracts/quaestor-error.js';
import { EXAMPLE_LIMITS, type ExampleOwner, ownerId } from '../../contracts/verified-example.js';
import type { Transaction } from '../../db/database.js';
import { appendAudit } from '../../db/statements/audit.js';
import { listExampleRuns } from '../../db/statements/example-runs.js';
import { deleteVerifiedExample, listVerifiedExamples } from '../../db/statements/verified-examples.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { saveExample } from '../save-example.js';
import { idParams } from '../schemas/text.js';
import {
  acceptedExampleRunSchema,
  exampleParams,
  exampleRunListSchema,
  saveExampleBody,
  verifiedExampleListSchema,
  verifiedExampleSchema,
} from '../schemas/verified-example.js';
import { expectOwner, startExampleRun } from '../start-example-run.js';

const tag = 'Verified examples';

/** Answers that people verified, and whether their SQL still gives the same. */
export function addExampleRoutes(routes: Routes, deps: ApiContext): void {
  routes.route(
    {
      method: 'post',
      path: '/v1/questions/{id}/example',
      operationId: 'saveExample',
      tag,
      summary: 'Save an answer as a verified example',
      description:
        'Models see question and SQL with questions like it to the same data source, or to the datasets that the SQL reads, and what the SQL gave is kept: it is done again after each indexing of the data source, and when a dataset has another version. SQL that reads the kept rows of another answer (`resultOf`) is refused with `conflict`.',
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
  addRoutesOf(routes, deps, {
    path: '/v1/data-sources/{id}/examples',
    operation: '',
    toOwner: (dataSourceId) => ({ dataSourceId }),
    whose: 'a data source',
    left: 'An example whose SQL was changed through the mapping since is not verified any more and is left out.',
    again: 'after each indexing',
  });
  addRoutesOf(routes, deps, {
    path: '/v1/datasets/{id}/examples',
    operation: 'Dataset',
    toOwner: (datasetId) => ({ datasetId }),
    whose: 'a dataset',
    left: 'Those whose SQL reads it, also beside other datasets.',
    again: 'when another version of the dataset is switched on',
  });
}

interface ExamplesOf {
  path: `/v1/${string}`;
  /** Part of the operations' ids. */
  operation: string;
  toOwner: (id: string) => ExampleOwner;
  whose: string;
  /** Which are listed. */
  left: string;
  /** When they are checked without being asked. */
  again: string;
}

/** The routes that data sources and datasets have alike. */
function addRoutesOf(routes: Routes, deps: ApiContext, of: ExamplesOf): void {
  const { path, operation, toOwner, whose } = of;
  const withOwner = async <Result>(
    tenantId: string,
    owner: ExampleOwner,
    work: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> =>
    await deps.db.withTenant(tenantId, async (tx) => {
      await expectOwner(tx, owner);
      return await work(tx);
    });

  routes.route(
    {
      method: 'get',
      path,
      operationId: `list${operation}Examples`,
      tag,
      summary: `List the verified examples of ${whose}, oldest first`,
      description: of.left,
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'All of them.', schema: verifiedExampleListSchema } },
    },
    async ({ caller, params }) => {
      const owner = toOwner(params.id);
      const examples = await withOwner(caller.tenantId, owner, (tx) =>
        listVerifiedExamples(tx, owner, EXAMPLE_LIMITS.examples),
      );
      return { status: 200, body: { examples } };
    },
  );

  routes.route(
    {
      method: 'delete',
      path: `${path}/{exampleId}`,
      operationId: `delete${operation}Example`,
      tag,
      summary: `Delete a verified example of ${whose}`,
      description: 'Models do not see it any more; what runs said of it stays.',
      scope: 'data-sources:write',
      params: exampleParams,
      replies: { 204: { description: 'Gone.' } },
    },
    async ({ caller, params }) => {
      const owner = toOwner(params.id);
      const { exampleId } = params;
      await withOwner(caller.tenantId, owner, async (tx) => {
        if (!(await deleteVerifiedExample(tx, owner, exampleId)))
          throw new QuaestorError('not_found', 'There is no verified example with this id.');
        const subjectId = ownerId(owner);
        const data = { exampleId };
        await appendAudit(tx, { userId: caller.userId, action: 'example.deleted', subjectId, data });
      });
      return { status: 204 };
    },
  );

  routes.route(
    {
      method: 'post',
      path: `${path}/runs`,
      operationId: `check${operation}Examples`,
      tag,
      summary: `Do the SQL of all verified examples of ${whose} again`,
      description: `Through the same guard, price, read-only execution and audit as a question, and compared with the verified result. This is also done ${of.again}.`,
      scope: 'data-sources:write',
      limit: 'questions',
      params: idParams,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedExampleRunSchema } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params }) => {
      const { id, jobId } = await startExampleRun(deps, caller, toOwner(params.id));
      const job = `/v1/jobs/${jobId}`;
      const links = { runs: `${path.replace('{id}', params.id)}/runs`, job, events: `${job}/events` };
      return { status: 202, body: { id, jobId, status: 'queued', links }, headers: { Location: job } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: `${path}/runs`,
      operationId: `list${operation}ExampleRuns`,
      tag,
      summary: `List the newest runs over the verified examples of ${whose}, with what came out differently`,
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'The newest first.', schema: exampleRunListSchema } },
    },
    async ({ caller, params }) => {
      const owner = toOwner(params.id);
      const runs = await withOwner(caller.tenantId, owner, (tx) =>
        listExampleRuns(tx, owner, EXAMPLE_LIMITS.listedRuns),
      );
      return { status: 200, body: { runs } };
    },
  );
}
