import { createTestSource, type TestSource } from './databases.js';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.js';
import { startTestDeployment, type TestDeployment } from './quaestor-process.js';
import { SHOP_SQL } from './shop.js';
import { startInTurn } from './start-in-turn.js';

/** A Quaestor whose processes can be killed, with a model server, and a database that is no data source yet. */
export interface KillableQuaestor extends TestDeployment {
  model: ModelServer;
  source: TestSource;
}

export async function startKillableQuaestor(
  options: { model?: ModelServerOptions; sourceSql?: string; env?: Record<string, string> } = {},
): Promise<KillableQuaestor> {
  return await startInTurn(async (own) => {
    const model = await own(startModelServer(options.model), (server) => server.close());
    const source = await own(createTestSource(options.sourceSql ?? SHOP_SQL), (database) => database.drop());
    const deployment = await own(
      startTestDeployment({ OPENAI_BASE_URL: model.baseUrl, ...options.env }),
      (processes) => processes.stop(),
    );
    return { ...deployment, model, source };
  });
}
