import type { Question } from '../../contracts/question.js';
import { createTestSource, type TestSource } from './databases.js';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.js';
import { startTestQuaestor, type TestQuaestor } from './quaestor.js';
import { SHOP_SQL, sqlReply } from './shop.js';

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
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const model = await startModelServer(options.model);
    stops.push(() => model.close());
    const source = await createTestSource(SHOP_SQL);
    stops.push(() => source.drop());
    const quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl, ...options.env });
    stops.push(() => quaestor.stop());
    const dataSourceId = await quaestor.connect(source.url);
    return {
      ...quaestor,
      model,
      source,
      dataSourceId,
      stop,
      send: (method, path, body, headers = {}) =>
        quaestor.fetch(path, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      askFor: async (question, sql) => {
        model.setReply(() => sqlReply(sql));
        return await quaestor.ask(dataSourceId, question);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
