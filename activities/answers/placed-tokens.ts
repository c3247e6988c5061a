import { scan } from 'libpg-query';
import type { QueryDialect } from '../../contracts/data-source.js';
import { readTokens } from '../../domain/guard/mysql/read-tokens.js';
import type { PlacedToken } from '../../domain/warnings/top-cut.js';

/** The pieces of a text of SQL in its own dialect, without comments; none where they cannot be told. DuckDB's are read as Postgres'. */
export async function placedTokens(sql: string, dialect: QueryDialect): Promise<PlacedToken[]> {
  try {
    if (dialect === 'mysql') return readTokens(sql).map(({ end, start }) => placed(sql, start, end));
    const { tokens } = await scan(sql);
    const isComment = (name: string) => name.endsWith('COMMENT');
    // The scanner counts bytes.
    const bytes = Buffer.from(sql);
    const index = (byte: number) =>
      bytes.length === sql.length ? byte : bytes.toString('utf8', 0, byte).length;
    return tokens
      .filter(({ tokenName }) => !isComment(tokenName))
      .map(({ end, start }) => placed(sql, index(start), index(end)));
  } catch {
    return [];
  }
}

const placed = (sql: string, start: number, end: number): PlacedToken => ({
  text: sql.slice(start, end),
  start,
  end,
});
