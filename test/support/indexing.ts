import { createTestSource, type TestSource } from './databases.js';
import { type ModelServer, startModelServer } from './model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from './quaestor.js';

/** A Quaestor with a model server, and what tests of indexing do with them. */
export interface IndexingScene {
  model: ModelServer;
  quaestor: TestQuaestor;
  /** A database that goes with the scene. */
  newSource(sql: string): Promise<TestSource>;
  /** Adds it as a data source; its id. */
  add(connectionString: string, includeSchemas?: string[]): Promise<string>;
  /** Indexes to the end, whatever it is. */
  index(dataSourceId: string): Promise<{
    jobId: string;
    events: Awaited<ReturnType<typeof collectEvents>>;
    job: Awaited<ReturnType<TestQuaestor['client']['readJob']>>;
  }>;
  read(
    dataSourceId: string,
  ): Promise<Awaited<ReturnType<TestQuaestor['client']['listDataSources']>>[number] | undefined>;
  stop(): Promise<void>;
}

export async function startIndexingScene(env: Record<string, string> = {}): Promise<IndexingScene> {
  const model = await startModelServer();
  const quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl, ...env });
  const { client } = quaestor;
  const sources: TestSource[] = [];
  let names = 0;
  return {
    model,
    quaestor,
    newSource: async (sql) => {
      const source = await createTestSource(sql);
      sources.push(source);
      return source;
    },
    add: async (connectionString, includeSchemas = []) =>
      (await client.addDataSource({ name: `s${++names}`, connectionString, includeSchemas })).id,
    index: async (dataSourceId) => {
      const jobId = await client.indexDataSource(dataSourceId);
      const events = await collectEvents(client, jobId);
      return { jobId, events, job: await client.readJob(jobId) };
    },
    read: async (dataSourceId) => (await client.listDataSources()).find(({ id }) => id === dataSourceId),
    stop: async () => {
      await quaestor.stop();
      for (const source of sources) await source.drop();
      await model.close();
    },
  };
}
