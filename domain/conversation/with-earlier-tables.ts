import type { ChosenTable, EarlierTurn } from '../../contracts/question.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';

/** Turns whose tables a follow-up needs: it may change the one before last, rarely an older one. */
const TURNS = 2;

/**
 * Adds the tables that the SQL of the last turns speaks of: "only for March" names none, and means those. A table is taken to be
 * spoken of when its name stands in the SQL as a word; one too many costs a few tokens, one too few the answer.
 */
export function withEarlierTables(
  chosen: readonly ChosenTable[],
  turns: readonly EarlierTurn[],
  schema: SchemaContext,
): ChosenTable[] {
  const all = [...chosen];
  const words = new Set(
    turns.slice(-TURNS).flatMap(({ sql }) => sql.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []),
  );
  if (words.size === 0) return all;
  for (const { canonicalTableName, tableName, schemaName } of schema.tables) {
    const isSpokenOf = namesOf(tableName).every((word) => words.has(word));
    // Several schemas may have the name; SQL mostly says which, but for those of the search path.
    const isOfSchema = schemaName === 'public' || namesOf(schemaName).every((word) => words.has(word));
    if (!isSpokenOf || !isOfSchema || all.some((table) => table.canonicalTableName === canonicalTableName))
      continue;
    all.push({
      canonicalTableName,
      rank: all.length + 1,
      score: 0,
      reasons: ['used by the question before'],
    });
  }
  return all;
}

const namesOf = (name: string): string[] => name.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [name];
