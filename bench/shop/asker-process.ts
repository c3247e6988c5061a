// The client of bench:overhead, in a process of its own: in the server's process its own work would count as the server's.
import { Agent, request } from 'node:http';
import type { AnswerTiming, Question } from '../../contracts/question.js';

/** Questions to be asked, so many at once. */
export interface AskOrder {
  url: string;
  apiKey: string;
  dataSourceId: string;
  questions: string[];
  atOnce: number;
}

export interface AskedSample {
  /** From before the request was written to after its reply was read. */
  wallMs: number;
  isCached: boolean;
  timings: AnswerTiming[];
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function post({ url, apiKey }: AskOrder, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      prefer: 'wait=30',
    };
    const sent = request(`${url}/v1/questions`, { method: 'POST', agent, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () =>
        resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function ask(order: AskOrder, question: string): Promise<AskedSample> {
  const body = JSON.stringify({ dataSourceId: order.dataSourceId, question });
  const started = performance.now();
  const { status, text } = await post(order, body);
  const wallMs = performance.now() - started;
  const asked = JSON.parse(text) as Question;
  if (status !== 200 || !asked.answer) throw new Error(`Not answered: ${text}`);
  return { wallMs, isCached: asked.cachedFrom !== null, timings: asked.answer.timings };
}

async function carryOut(order: AskOrder): Promise<AskedSample[]> {
  const samples: AskedSample[] = [];
  let next = 0;
  const lane = async () => {
    while (next < order.questions.length) samples.push(await ask(order, order.questions[next++]!));
  };
  await Promise.all(Array.from({ length: order.atOnce }, lane));
  return samples;
}

process.on('message', (order: AskOrder) => {
  carryOut(order).then(
    (samples) => process.send?.({ samples }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
