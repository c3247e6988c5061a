import { createTestSource, type TestSource } from './databases.js';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.js';
import { startTestDeployment, type TestDeployment } from './quaestor-process.js';
import { SHOP_SQL } from './shop.js';

/** A Quaestor whose processes can be killed, with a model server, and a database that is no data source yet. */
export interface KillableQuaestor extends TestDeployment {
  model: ModelServer;
  source: TestSource;
}

export async function startKillableQuaestor(
  options: { model?: ModelServerOptions; sourceSql?: string; env?: Record<string, string> } = {},
): Promise<KillableQuaestor> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const model = await startModelServer(options.model);
    stops.push(() => model.close());
    const source = await createTestSource(options.sourceSql ?? SHOP_SQL);
    stops.push(() => source.drop());
    const deployment = await startTestDeployment({ OPENAI_BASE_URL: model.baseUrl, ...options.env });
    stops.push(() => deployment.stop());
    return { ...deployment, model, source, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
