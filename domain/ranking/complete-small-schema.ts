import type { ChosenTable } from '../../contracts/question.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import type { Preferences } from '../mapping/preferences.js';

/** What ranking and join closure may take together: a schema that is no larger need not be chosen from. */
const SMALL_SCHEMA_TABLES = 18;

/**
 * Adds the tables that ranking left out where the schema is small: showing them costs little, and a question often names nothing
 * of the table that it needs. They rank last, so a tight budget drops them first. A question that nothing answers stays so.
 */
export function completeSmallSchema(
  chosen: readonly ChosenTable[],
  schema: SchemaContext,
  preferences?: Preferences,
): ChosenTable[] {
  if (chosen.length === 0 || schema.tables.length > SMALL_SCHEMA_TABLES) return [...chosen];
  const names = new Set(chosen.map((table) => table.canonicalTableName));
  const others = schema.tables.filter(
    (table) =>
      !names.has(table.canonicalTableName) && (preferences === undefined || preferences.isAllowed(table)),
  );
  return [
    ...chosen,
    ...others.map(({ canonicalTableName }, index) => ({
      canonicalTableName,
      rank: chosen.length + index + 1,
      score: 0,
      reasons: ['the schema is small, so all of it is shown'],
    })),
  ];
}
