import type { ChosenTable } from '../../contracts/question.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { type ColumnLine, describeJoin, describeTable } from './describe-table.js';

export interface FitSchemaOptions {
  context: SchemaContext;
  /** Tables of the context that are not chosen come after those that are. */
  chosen: readonly ChosenTable[];
  /** For the schema's text alone. */
  tokenBudget: number;
  countTokens: (text: string) => number;
  /** Columns whose names have words of it are kept first. */
  question: string;
}

export interface FittedSchema {
  text: string;
  /** Canonical names of the tables in the text, best first. */
  tables: string[];
}

interface Candidate {
  name: string;
  head: string;
  headTokens: number;
  columns: (ColumnLine & { tokens: number; isMentioned: boolean; isIn: boolean })[];
  isIn: boolean;
}

const JOINS_HEAD = 'JOIN PATHS\n';
const leftOut = (count: number): string => `  -- ${count} more columns are not shown\n`;

/**
 * Describes as much of the schema as the budget holds. Where it does not hold all: first the lowest-ranked tables lose their
 * columns that are no keys, then the lowest-ranked tables go; what is left over then takes columns in again, those named in the
 * question first, better tables before worse. Lines are counted one by one, which is exact for the GPT tokenisers.
 */
export const fitSchema = ({
  context,
  chosen,
  tokenBudget,
  countTokens,
  question,
}: FitSchemaOptions): FittedSchema => {
  const rankOf = new Map(chosen.map(({ canonicalTableName, rank }) => [canonicalTableName, rank]));
  const ranked = context.tables
    .map((table) => ({ table, rank: rankOf.get(table.canonicalTableName) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank));
  const tableByName = new Map(context.tables.map((table) => [table.canonicalTableName, table]));
  const words = wordsOf(question);

  const candidates: Candidate[] = ranked.flatMap(({ table }) => {
    const lines = describeTable(table, context.foreignKeys);
    if (!lines) return [];
    return {
      name: lines.canonicalTableName,
      head: lines.head,
      headTokens: countTokens(lines.head),
      columns: lines.columns.map((column) => ({
        ...column,
        tokens: countTokens(column.line),
        isMentioned: [...wordsOf(column.name)].some((word) => words.has(word)),
        isIn: true,
      })),
      isIn: true,
    };
  });
  const joins = context.foreignKeys.flatMap((key) => {
    const line = describeJoin(key, tableByName);
    return line === null ? [] : { line, tokens: countTokens(line), from: key.fromTable, to: key.toTable };
  });
  const joinsHeadTokens = countTokens(JOINS_HEAD);
  // The number of digits hardly matters; the largest is taken.
  const leftOutTokens = countTokens(leftOut(1_600));

  const joinsIn = (): typeof joins => {
    const names = new Set(candidates.filter(({ isIn }) => isIn).map(({ name }) => name));
    return joins.filter(({ from, to }) => names.has(from) && names.has(to));
  };
  const total = (): number => {
    let tokens = 0;
    for (const candidate of candidates) {
      if (!candidate.isIn) continue;
      tokens += candidate.headTokens;
      for (const column of candidate.columns) if (column.isIn) tokens += column.tokens;
      if (candidate.columns.some(({ isIn }) => !isIn)) tokens += leftOutTokens;
    }
    const kept = joinsIn();
    if (kept.length > 0) tokens += joinsHeadTokens;
    for (const join of kept) tokens += join.tokens;
    return tokens;
  };

  let tokens = total();
  for (const candidate of candidates.toReversed()) {
    if (tokens <= tokenBudget) break;
    for (const column of candidate.columns) column.isIn = column.isKey;
    tokens = total();
  }
  for (const candidate of candidates.toReversed()) {
    if (tokens <= tokenBudget) break;
    candidate.isIn = false;
    tokens = total();
  }
  for (const onlyMentioned of [true, false]) {
    for (const candidate of candidates) {
      if (!candidate.isIn) continue;
      for (const column of candidate.columns) {
        if (column.isIn || (onlyMentioned && !column.isMentioned)) continue;
        if (tokens + column.tokens > tokenBudget) continue;
        column.isIn = true;
        tokens += column.tokens;
      }
    }
  }

  const kept = candidates.filter(({ isIn }) => isIn);
  const parts = kept.flatMap(({ head, columns }) => {
    const missing = columns.filter(({ isIn }) => !isIn).length;
    const lines = columns.filter(({ isIn }) => isIn).map(({ line }) => line);
    return [head, ...lines, ...(missing > 0 ? [leftOut(missing)] : [])];
  });
  const paths = joinsIn().map(({ line }) => line);
  return {
    text: [...parts, ...(paths.length > 0 ? [JOINS_HEAD, ...paths] : [])].join(''),
    tables: kept.map(({ name }) => name),
  };
};

/** Lower-case words of three letters or more, without a plural's s. */
const wordsOf = (text: string): Set<string> =>
  new Set(
    (
      text
        .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
        .toLowerCase()
        .match(/\p{L}{3,}/gu) ?? []
    ).map((word) => (word.length > 3 ? word.replace(/s$/, '') : word)),
  );
