import type { ChosenTable, EarlierTurn } from '../../contracts/question.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { isNamedIn, sqlWords } from '../names-in-sql.js';

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
  const words = sqlWords(
    turns
      .slice(-TURNS)
      .map(({ sql }) => sql)
      .join('\n'),
  );
  if (words.size === 0) return all;
  for (const { canonicalTableName, tableName, schemaName } of schema.tables) {
    const isSpokenOf = isNamedIn(words, tableName);
    // Several schemas may have the name; SQL mostly says which, but for those of the search path.
    const isOfSchema = schemaName === 'public' || isNamedIn(words, schemaName);
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
