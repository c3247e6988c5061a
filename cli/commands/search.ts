import type { SearchResult } from '../../contracts/schema-search.js';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findSource } from '../find-source.js';
import { formatDuration, printable } from '../render/text.js';

export interface SearchOptions {
  query: string;
  /** Name or id; may be left out when there is exactly one. */
  source?: string | undefined;
  area?: string | undefined;
  limit?: number | undefined;
}

/** Prints the tables that a question would be answered with. */
export async function search(context: CommandContext, options: SearchOptions): Promise<ExitCode> {
  const { query, area, limit } = options;
  const source = await findSource(context.client, options.source);
  const result = await context.client.searchSchema(source.id, {
    query,
    ...(area === undefined ? {} : { area }),
    ...(limit === undefined ? {} : { limit }),
  });
  if (context.isJson) context.printJson(result);
  else context.print(renderSearch(context, result));
  return EXIT.ok;
}

function renderSearch({ colors }: CommandContext, result: SearchResult): string {
  const lines = result.tables.flatMap((table) => {
    const alike = table.family ? `, one of ${table.family.members} alike` : '';
    const columns = table.columns.map(({ name }) => printable(name)).join(', ');
    return [
      `${String(table.rank).padStart(3)}. ${colors.bold(printable(table.canonicalTableName))}  ${table.score.toFixed(2)}  ${colors.dim(`${table.columnCount} columns${alike}`)}`,
      `     ${printable(table.reasons.join('; '))}`,
      ...(columns ? [`     ${colors.dim(`columns: ${columns}`)}`] : []),
    ];
  });
  if (lines.length === 0) lines.push('No table has anything to do with it.');
  for (const join of result.joins) {
    const ends = join.fromColumns.map(
      (column, index) =>
        `${printable(join.fromTable)}.${printable(column)} = ${printable(join.toTable)}.${printable(join.toColumns[index] ?? '')}`,
    );
    lines.push(`     join ${ends.join(' and ')}`);
  }
  if (result.withoutVectors) lines.push(colors.yellow(`By words alone: ${printable(result.withoutVectors)}`));
  lines.push(colors.dim(`${formatDuration(result.durationMs)}`));
  return lines.join('\n');
}
