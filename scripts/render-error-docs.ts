import { ERRORS, type ErrorEntry, type ErrorKind, type ErrorOrigin } from '../contracts/errors.js';

const ORIGINS: Record<ErrorOrigin, string> = {
  request: 'The request',
  question: 'The question',
  model: 'The model',
  'data-source': 'The data source',
  dataset: 'The dataset',
  guard: 'The guard of generated SQL',
  quaestor: 'Quaestor itself',
};

const KINDS: Record<ErrorKind, string> = {
  terminal: 'the same request will fail again; something must change first',
  retryable: 'the same request may work later; `Retry-After` says when',
  conflict: 'the state of the thing does not allow it',
  cancelled: 'somebody stopped it',
  timed_out: 'a limit of time was reached',
};

/** A table with its columns in line, as the formatter leaves it. */
function table(heads: string[], rows: string[][]): string {
  const widths = heads.map((head, column) =>
    Math.max(...[heads, ...rows].map((row) => row[column]?.length ?? 0), head.length),
  );
  const line = (cells: string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  return [
    line(heads),
    line(
      heads.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('\n');
}

const HEAD = `# Errors

Made from \`contracts/errors.ts\` by \`npx tsx scripts/generate-error-docs.ts\`; change it there.

Every error has a code that stays the same; clients may switch on it. The API sends it in a problem document
(RFC 9457, \`application/problem+json\`) with a title, what happened, and what to do; jobs and questions that ended badly keep it
in \`error\`. Faults of different parties never share a code.

${table(['kind', 'meaning'], Object.entries(KINDS))}
`;

/** docs/errors.md as the catalogue wants it. */
export function renderErrorDocs(): string {
  const entries: [string, ErrorEntry][] = Object.entries(ERRORS);
  const sections = Object.entries(ORIGINS).map(([origin, title]) => {
    const rows = entries
      .filter(([, entry]) => entry.origin === origin)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([code, { kind, status, title: meaning, wayOut }]) => [
        `\`${code}\``,
        kind,
        String(status),
        meaning,
        wayOut,
      ]);
    return `## ${title}\n\n${table(['code', 'kind', 'status', 'meaning', 'way out'], rows)}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
}
