import type { ApiClient, AskTarget } from '../api-client.js';
import { UsageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findDatasets } from '../find-datasets.js';
import { findSource } from '../find-source.js';
import { showQuestion } from '../show-question.js';
import { watchJob } from '../watch-job.js';

export interface AskOptions {
  question: string;
  /** Name or id; may be left out when there is exactly one. */
  source?: string | undefined;
  /** Names or ids of datasets to ask instead of a data source. */
  datasets?: readonly string[] | undefined;
  /** Subject area of the data source to keep to; null: none. Default: that of the question gone on from. */
  area?: string | null | undefined;
  /** Questions whose rows are asked as well. */
  resultOf?: readonly string[] | undefined;
  /** A question to go on from; `true`: the last conversation about the data source. */
  after?: string | true | undefined;
  /** Rows to print. */
  rows?: number | undefined;
  /** Longest wait for the answer; 0 only starts the question. Default: until it ends. */
  waitMs?: number | undefined;
}

/** Asks a question, shows how it is answered, prints the answer. */
export async function ask(context: CommandContext, options: AskOptions): Promise<ExitCode> {
  const { client } = context;
  const target = await targetOf(client, options);
  const conversationId = await conversationOf(client, target, options.after);
  const reply = await client.askQuestion({
    ...target,
    question: options.question,
    ...(options.area === undefined ? {} : { area: options.area }),
    ...(conversationId ? { conversationId } : {}),
  });
  if (reply.answered) return showQuestion(context, reply.question.id, options.rows);

  const { questionId, jobId } = reply;
  if (options.waitMs === 0) {
    if (context.isJson) context.printJson({ questionId, jobId });
    else context.print(`Question ${questionId} is being answered.\nWatch it: quaestor jobs watch ${jobId}`);
    return EXIT.ok;
  }
  await watchJob(context, jobId, { waitMs: options.waitMs });
  return showQuestion(context, questionId, options.rows);
}

/** Conversations looked through for the last one about a data source, or about datasets. */
const RECENT = 50;

async function targetOf(
  client: ApiClient,
  { datasets = [], resultOf = [], source }: AskOptions,
): Promise<AskTarget> {
  if (datasets.length === 0 && resultOf.length === 0)
    return { dataSourceId: (await findSource(client, source)).id };
  if (source !== undefined) throw new UsageError('Ask a data source or datasets, not both.');
  return {
    ...(datasets.length > 0 ? { datasetIds: await findDatasets(client, datasets) } : {}),
    ...(resultOf.length > 0 ? { resultOf: [...resultOf] } : {}),
  };
}

async function conversationOf(
  client: ApiClient,
  target: AskTarget,
  after: string | true | undefined,
): Promise<string | undefined> {
  if (after !== true) return after;
  const conversations = await client.listConversations(RECENT);
  const wanted = target.dataSourceId ?? null;
  const last = conversations.find(({ dataSourceId }) => dataSourceId === wanted);
  if (!last) throw new UsageError('There is no question yet to go on from.');
  return last.id;
}
