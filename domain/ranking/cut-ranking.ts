import type { RegistryTable } from '../../contracts/schema-registry.js';

/** Not judged by falls, schemas and tokens: a shorter ranking says too little of these. */
const FIRST_TABLES = 8;
/** Tables whose score is a smaller share of the best one's are left out. */
const MIN_SHARE = 0.3;
/** Tables of schemas whose best table has a smaller share of the best score are left out: the question is about other schemas. */
const MIN_SCHEMA_SHARE = 0.6;
/** Where a score falls by more than this share of the best one, the ranking ends. */
const MAX_FALL = 0.12;
/** Share of the budget that one table counts at most: of wider ones a prompt shows the columns that are asked for. */
const MAX_BUDGET_SHARE = 1 / 12;
/** Letters of a schema's text in a token, nearly. */
const CHARS_OF_A_TOKEN = 4;
/** Characters of a comment that a prompt shows, about. */
const COMMENT_CHARS = 160;

export interface CutOptions {
  /** Tables at most. */
  maxTables: number;
  /** Tokens of a prompt that are for tables. */
  tokenBudget: number;
}

/**
 * Where a ranking ends: as many tables as the budget of tokens holds, fewer where the scores say that the rest is about something else.
 * Long where the scores are even and the tables narrow, short where a few stand out.
 * @param ranked best first
 */
export function cutRanking<Ranked extends { score: number; table: RegistryTable }>(
  ranked: readonly Ranked[],
  { maxTables, tokenBudget }: CutOptions,
): Ranked[] {
  const best = ranked[0]?.score ?? 0;
  const fittingSchemas = new Set(
    ranked.filter(({ score }) => score >= MIN_SCHEMA_SHARE * best).map(({ table }) => table.schemaName),
  );
  const kept: Ranked[] = [];
  let tokens = 0;
  for (const candidate of ranked) {
    const { score, table } = candidate;
    const isFirst = kept.length < FIRST_TABLES;
    if (kept.length === maxTables || score < MIN_SHARE * best) break;
    if (!isFirst && !fittingSchemas.has(table.schemaName)) continue;
    tokens += Math.min(estimateTokens(table), tokenBudget * MAX_BUDGET_SHARE);
    if (!isFirst && (kept.at(-1)!.score - score > MAX_FALL * best || tokens > tokenBudget)) break;
    kept.push(candidate);
  }
  return kept;
}

/** What a table takes in a prompt, by the length of its names, types and comments. */
function estimateTokens({ canonicalTableName, comment, columns }: RegistryTable): number {
  let chars = canonicalTableName.length + shown(comment) + 12;
  for (const column of columns)
    chars += column.name.length + column.dataType.length + shown(column.comment) + 6;
  return Math.ceil(chars / CHARS_OF_A_TOKEN);
}

const shown = (comment: string | null): number => Math.min(comment?.length ?? 0, COMMENT_CHARS);
