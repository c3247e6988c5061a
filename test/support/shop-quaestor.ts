import type { Question } from '../../contracts/question.js';
import { createTestSource, type TestSource } from './databases.js';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.js';
import { startTestQuaestor, type TestQuaestor } from './quaestor.js';
import { SHOP_SQL, sqlReply } from './shop.js';
import { startInTurn } from './start-in-turn.js';

/** A Quaestor with a model server, and the small shop as its one indexed data source. */
export interface ShopQuaestor extends TestQuaestor {
  model: ModelServer;
  source: TestSource;
  dataSourceId: string;
  /** Sends JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Asks, with this SQL as the model's reply, and waits for the end. */
  askFor(question: string, sql: string): Promise<Question>;
}

export async function startShopQuaestor(
  options: { model?: ModelServerOptions; env?: Record<string, string> } = {},
): Promise<ShopQuaestor> {
  return await startInTurn(async (own) => {
    const model = await own(startModelServer(options.model), (server) => server.close());
    const source = await own(createTestSource(SHOP_SQL), (database) => database.drop());
    const quaestor = await own(
      startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl, ...options.env }),
      (started) => started.stop(),
    );
    const dataSourceId = await quaestor.connect(source.url);
    return {
      ...quaestor,
      model,
      source,
      dataSourceId,
      send: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
        quaestor.fetch(path, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      askFor: async (question: string, sql: string) => {
        model.setReply(() => sqlReply(sql));
        return await quaestor.ask(dataSourceId, question);
      },
    };
  });
}
