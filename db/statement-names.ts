/** Uses after which a statement is prepared; that of the JDBC driver (prepareThreshold). */
const FREQUENT = 5;
/** Statements that are prepared, in each connection; that of the JDBC driver (preparedStatementCacheQueries). */
const MAX_PREPARED = 256;
/** Texts that are counted. */
const MAX_COUNTED = 2_000;

/**
 * Names for statements that are used often, by their text: a named statement is parsed, and after some runs planned, once in each
 * connection, which matters most where row level security makes plans long.
 *
 * Statements are few, as no text is put together from values. One that is used rarely keeps being planned for its values.
 */
export function createStatementNames(): (text: string) => string | undefined {
  const uses = new Map<string, number>();
  const names = new Map<string, string>();
  return (text) => {
    const name = names.get(text);
    if (name !== undefined) return name;
    const count = (uses.get(text) ?? 0) + 1;
    if (count < FREQUENT) {
      if (uses.size < MAX_COUNTED || uses.has(text)) uses.set(text, count);
      return undefined;
    }
    if (names.size >= MAX_PREPARED) return undefined;
    uses.delete(text);
    const given = `often_${names.size + 1}`;
    names.set(text, given);
    return given;
  };
}
