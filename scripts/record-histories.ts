import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { WORKFLOWS, workflowIds } from '../contracts/workflows.js';
import { findTemporalBinary } from '../platform/embedded/find-temporal-binary.js';
import { createTestSource } from '../test/support/databases.js';
import startServers from '../test/support/global-setup.js';
import { startModelServer } from '../test/support/model-server.js';
import { collectEvents, startTestQuaestor } from '../test/support/quaestor.js';
import { sharedServers } from '../test/support/shared-servers.js';
import { COUNT_BY_STATUS, LONG_QUERY, SHOP_SQL, sqlReply } from '../test/support/shop.js';
import { type AcceptedUpload, uploadFile } from '../test/support/upload-file.js';
import { waitUntil } from '../test/support/wait-until.js';

/**
 * npx tsx scripts/record-histories.ts: records the histories that test/replay replays, one for each path through a workflow.
 * A history that is there is kept: it stands for workflows that run while a change is deployed. Delete one only when no such
 * workflow can be running any more.
 */
const folder = join(import.meta.dirname, '..', 'test', 'replay', 'histories');
await mkdir(folder, { recursive: true });
await startServers();
const binary = await findTemporalBinary({ cacheDir: sharedServers().cacheDir, env: process.env });
const model = await startModelServer();
const source = await createTestSource(SHOP_SQL);
const withModel = await startTestQuaestor({
  OPENAI_BASE_URL: model.baseUrl,
  QUAESTOR_STATEMENT_TIMEOUT_MS: '2000',
});
const connection = await Connection.connect({ address: sharedServers().temporalAddress });

const record = async (name: string, namespace: string, workflowId: string): Promise<void> => {
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) return;
  const client = new Client({ connection, namespace });
  await client.workflow
    .getHandle(workflowId)
    .result()
    .catch(() => undefined);
  const args = ['workflow', 'show', '--workflow-id', workflowId, '--namespace', namespace];
  const { stdout } = await promisify(execFile)(
    binary.path,
    [...args, '--address', sharedServers().temporalAddress, '--output', 'json'],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  // Stack traces name the folder that this is run in.
  const text = JSON.stringify(JSON.parse(stdout)).replaceAll(join(import.meta.dirname, '..'), '');
  await writeFile(path, `${text}\n`);
  process.stdout.write(`recorded ${name}\n`);
};

let asked = 0;
const ask = async (
  dataSourceId: string,
  quaestor: typeof withModel,
  ...replies: string[]
): Promise<string> => {
  model.script('chat', ...replies.map((text) => ({ kind: 'text' as const, text })));
  const reply = await quaestor.client.askQuestion({
    dataSourceId,
    question: `Number of orders by status ${++asked}`,
  });
  if (reply.answered) throw new Error('must not be cached');
  return reply.jobId;
};
const ended = async (quaestor: typeof withModel, jobId: string): Promise<string> => {
  await collectEvents(quaestor.client, jobId);
  return jobId;
};

const { namespace } = withModel;
const id = await withModel.connect(source.url);
const [indexed] = await withModel.client.listJobs();
await record('index-source', namespace, indexed!.id);
await record('index-source-with-values', namespace, indexed!.id);
await record('index-source-paged', namespace, indexed!.id);
await record(
  'answer-question',
  namespace,
  await ended(withModel, await ask(id, withModel, sqlReply(COUNT_BY_STATUS))),
);
const answered = (await withModel.client.listJobs()).find(({ kind }) => kind === 'answer-question');
const exported = await withModel.fetch(`/v1/questions/${answered?.subjectId}/exports`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ format: 'csv' }),
});
const { jobId: exportJob } = (await exported.json()) as { jobId: string };
await record('export-result', namespace, await ended(withModel, exportJob));
const repaired = await ask(id, withModel, sqlReply('SELECT 1 FROM ordres'), sqlReply(COUNT_BY_STATUS));
await record('answer-question-repaired', namespace, await ended(withModel, repaired));
const queued = sqlReply(
  'SELECT count(*) FROM generate_series(1, 2000) a CROSS JOIN generate_series(1, 2000) b',
);
await record('answer-question-queued', namespace, await ended(withModel, await ask(id, withModel, queued)));
await record(
  'answer-question-timed-out',
  namespace,
  await ended(withModel, await ask(id, withModel, sqlReply(LONG_QUERY))),
);
await record(
  'answer-question-refused',
  namespace,
  await ended(withModel, await ask(id, withModel, 'No.', 'No.')),
);

const repairedTwice = await ask(
  id,
  withModel,
  sqlReply('SELECT 1 FROM ordres'),
  sqlReply('SELECT 1 / (count(*) - count(*)) FROM orders'),
  sqlReply(COUNT_BY_STATUS),
);
await record('answer-question-repaired-twice', namespace, await ended(withModel, repairedTwice));

const waiting = async (): Promise<{ jobId: string; questionId: string }> => {
  model.script('chat', { kind: 'text', text: 'AMBIGUOUS: orders that were paid | orders that were sent' });
  const reply = await withModel.client.askQuestion({
    dataSourceId: id,
    question: `Finished orders ${++asked}`,
  });
  if (reply.answered) throw new Error('must not be cached');
  await waitUntil(
    'the question waits',
    async () => (await withModel.client.readQuestion(reply.questionId)).status === 'waiting',
  );
  return reply;
};
const edited = await withModel.client.runSql(
  (await withModel.client.readJob(repairedTwice)).subjectId,
  COUNT_BY_STATUS,
);
await record('answer-question-given-sql', namespace, await ended(withModel, edited.jobId));

const chosen = await waiting();
model.script('chat', { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
await withModel.client.replyToQuestion(chosen.questionId, { choice: 1 });
await record('answer-question-chosen', namespace, await ended(withModel, chosen.jobId));
const left = await waiting();
await withModel.client.cancelJob(left.jobId);
await record('answer-question-cancelled-while-waiting', namespace, await ended(withModel, left.jobId));
const upload = async (name: string, content: string): Promise<string> => {
  const reply = await uploadFile(withModel, name, content);
  return await ended(withModel, ((await reply.json()) as AcceptedUpload).jobId);
};
const read = await upload('profiled.csv', 'a,b\n1,x\n2,y\n');
await record('ingest-dataset-profiled', namespace, read);
const profiled = await waitUntil('the profile was started', async () =>
  (await withModel.client.listJobs()).find(({ kind }) => kind === 'profile-dataset'),
);
await record('profile-dataset', namespace, await ended(withModel, profiled.id));
await record('ingest-dataset', namespace, await upload('small.csv', 'a,b\n1,x\n2,y\n'));
const datasetId = (await withModel.client.listDatasets())[0]?.id;
const post = async (path: string, body: unknown): Promise<string> => {
  const reply = await withModel.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return await ended(withModel, ((await reply.json()) as { jobId: string }).jobId);
};
const recipe = (misfits: string) => ({
  recipe: {
    format: 'quaestor-cleaning-recipe',
    version: 1,
    steps: [{ kind: 'change-type', columns: ['b'], to: 'integer', misfits }],
  },
});
model.script('chat', { kind: 'text', text: '[]' });
await record('plan-cleaning-by-model', namespace, await post(`/v1/datasets/${datasetId}/cleaning-plans`, {}));
await record('plan-cleaning-cached', namespace, await post(`/v1/datasets/${datasetId}/cleaning-plans`, {}));
await record(
  'plan-cleaning-recipe',
  namespace,
  await post(`/v1/datasets/${datasetId}/cleaning-plans`, recipe('null')),
);
await upload('early.csv', `a,b\n${'1, x\n'.repeat(100_000)}`);
const early = (await withModel.client.listDatasets()).find(({ name }) => name.startsWith('early'));
await record(
  'plan-cleaning-after-profile',
  namespace,
  await post(`/v1/datasets/${early?.id}/cleaning-plans`, { askModel: false }),
);
const cleaned = await post(`/v1/datasets/${datasetId}/clean`, recipe('null'));
await record('clean-dataset', namespace, cleaned);
await record('clean-dataset-profiled', namespace, cleaned);
await record('ingest-dataset-failed', namespace, await upload('empty.csv', ''));

const small = (await withModel.client.listDatasets()).find(({ name }) => name.startsWith('small'));
const askDataset = async (...replies: string[]): Promise<string> => {
  model.script('chat', ...replies.map((text) => ({ kind: 'text' as const, text })));
  const question = `Number of rows ${++asked}`;
  const reply = await withModel.client.askQuestion({ datasetIds: [small?.id ?? ''], question });
  if (reply.answered) throw new Error('must not be cached');
  return await ended(withModel, reply.jobId);
};
const countRows = sqlReply('SELECT count(*) AS rows FROM small');
const counted = await askDataset(countRows);
await record('answer-question-datasets', namespace, counted);
await record(
  'answer-question-datasets-repaired',
  namespace,
  await askDataset(sqlReply('SELECT count(*) FROM smal'), countRows),
);
const endless = sqlReply(
  'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t',
);
await record('answer-question-datasets-queued', namespace, await askDataset(endless));

await withModel.client.saveExample((await withModel.client.readJob(counted)).subjectId);
const checked = await withModel.client.checkExamples({ datasetId: small?.id ?? '' });
await record('check-dataset-examples', namespace, await ended(withModel, checked.jobId));
const reread = await post(`/v1/datasets/${small?.id}/read`, {});
await record('ingest-dataset-checked', namespace, reread);
const cleanedAgain = await post(`/v1/datasets/${small?.id}/clean`, recipe('null'));
await record('clean-dataset-checked', namespace, cleanedAgain);

model.script('chat', {
  kind: 'text',
  text: '{"descriptions": [{"name": "public.orders", "text": "What customers ordered."}]}',
});
const described = await withModel.client.describeSchema(id, {});
await record('describe-schema', namespace, await ended(withModel, described));

model.script('chat', { kind: 'hang' });
const calls = model.stats.byEndpoint.chat;
const cancelled = await ask(id, withModel);
await model.waitUntil((stats) => stats.byEndpoint.chat === calls + 1);
await withModel.client.cancelJob(cancelled);
await record('answer-question-cancelled', namespace, await ended(withModel, cancelled));

await withModel.client.searchSchema(id, { query: 'orders by status' });
const search = await waitUntil('the search is listed', async () => {
  const query = `WorkflowType = '${WORKFLOWS.searchSchema}'`;
  for await (const found of new Client({ connection, namespace }).workflow.list({ query })) return found;
  return undefined;
});
await record('search-schema', namespace, search.workflowId);

const broken = await withModel.client.addDataSource({
  name: 'broken',
  connectionString: 'postgresql://u:p@127.0.0.1:1/db',
});
const failed = await withModel.client.indexDataSource(broken.id);
await record('index-source-failed', namespace, await ended(withModel, failed));

await withModel.fetch(`/v1/data-sources/${id}/schedule`, {
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ everyMinutes: 60 }),
});
const scheduled = new Client({ connection, namespace });
const schedule = scheduled.schedule.getHandle(workflowIds.reindexSchedule(id));
await schedule.trigger();
const run = await waitUntil('the schedule has started a workflow', async () => {
  const { recentActions } = (await schedule.describe()).info;
  return recentActions[0]?.action;
});
await record('reindex-schedule', namespace, run.workflow.workflowId);

await withModel.client.saveExample(chosen.questionId);
await record(
  'check-examples',
  namespace,
  await ended(withModel, (await withModel.client.checkExamples({ dataSourceId: id })).jobId),
);
await record(
  'index-source-checked',
  namespace,
  await ended(withModel, await withModel.client.indexDataSource(id)),
);
await withModel.client.putQuestionSchedule(chosen.questionId, { everyMinutes: 60 });
const again = scheduled.schedule.getHandle(workflowIds.questionSchedule(chosen.questionId));
await again.trigger();
const askedAgain = await waitUntil('the schedule has started a workflow', async () => {
  const { recentActions } = (await again.describe()).info;
  return recentActions[0]?.action;
});
await record('question-schedule', namespace, askedAgain.workflow.workflowId);
await scheduled.workflow.execute(WORKFLOWS.sweep, {
  workflowId: 'sweep-recorded',
  taskQueue: 'orchestration',
  args: [{}],
});
await record('sweep', namespace, 'sweep-recorded');
await withModel.stop();

const builtIn = await startTestQuaestor();
const builtInId = await builtIn.connect(source.url);
model.reset();
const job = await ask(builtInId, builtIn);
await record('answer-question-built-in', builtIn.namespace, await ended(builtIn, job));
await builtIn.stop();

await connection.close();
await source.drop();
await model.close();
const { quaestorStops = [] } = globalThis as { quaestorStops?: (() => Promise<unknown>)[] };
for (const stop of quaestorStops.reverse()) await stop();
process.exit(0);
