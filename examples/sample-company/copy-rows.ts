import pg from 'pg';
import type { SampleTable, SampleValue } from './generator/sample-table.js';

/** Rows go out in messages of about this size: large enough to be quick, small enough for the socket's buffer. */
const CHUNK_CHARACTERS = 64_000;

/** What COPY needs of pg's connection; the typings leave it out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** pg calls `handleCopyInResponse` when the server is ready for the rows of `COPY … FROM STDIN`. */
class CopyQuery extends pg.Query {
  constructor(
    text: string,
    // Not `rows`: pg has a field of that name, and would take the extended protocol.
    private readonly source: Iterable<SampleValue[]>,
  ) {
    super(text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    try {
      let chunk = '';
      for (const row of this.source) {
        chunk += `${row.map(toCopyText).join('\t')}\n`;
        if (chunk.length >= CHUNK_CHARACTERS) {
          connection.sendCopyFromChunk(Buffer.from(chunk));
          chunk = '';
        }
      }
      if (chunk !== '') connection.sendCopyFromChunk(Buffer.from(chunk));
      connection.endCopyFrom();
    } catch (error) {
      // The server then fails the COPY with this text, and the query with it.
      connection.sendCopyFail(String(error));
    }
  }
}

/** Loads a table's rows by COPY in text format. Fails as a query fails, with the server's error. */
export async function copyRows(client: pg.Client, table: SampleTable): Promise<void> {
  const name = table.name.split('.').map(pg.escapeIdentifier).join('.');
  const columns = table.columns.map(pg.escapeIdentifier).join(', ');
  const query = new CopyQuery(`COPY ${name} (${columns}) FROM STDIN`, table.rows());
  await new Promise<void>((resolve, reject) => {
    query.on('end', () => resolve());
    query.on('error', reject);
    client.query(query);
  });
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One cell in COPY's text format (PostgreSQL manual, "COPY", section "Text Format"). */
export function toCopyText(value: SampleValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'number') return String(value);
  return value.replace(/[\\\n\r\t]/g, (sign) => ESCAPES[sign]!);
}
