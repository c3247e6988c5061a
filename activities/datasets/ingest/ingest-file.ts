import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetColumn, DatasetOverride, DatasetReading } from '../../../contracts/dataset.js';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { type ColumnReading, typeOf } from '../../../domain/datasets/types/column-reading.js';
import type { DuckDbPool } from '../duckdb/duckdb-pool.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { quoteLiteral, quoteName } from '../duckdb/quote.js';
import { type DecidedColumn, decideColumns } from './decide-columns.js';
import type { InspectedFile } from './inspect-file.js';
import { type NormalisedFile, tooManyColumns } from './normalise-file.js';
import { readingSql, reasonSql } from './reading-sql.js';
import {
  type CsvFile,
  isRegular,
  jsonRelation,
  normalisedRelation,
  regularRelation,
  type SourceRelation,
} from './source-relation.js';

export interface IngestFileInput {
  /** The file as it was sent. */
  path: string;
  /** An existing folder of its own: scratch files, `data.parquet` and `rejects.parquet`. */
  folder: string;
  override?: DatasetOverride;
  timeoutMs: number;
  signal?: AbortSignal;
  onPhase?: (phase: IngestPhase) => void;
}

export type IngestPhase = 'inspecting' | 'deciding' | 'writing';

export interface IngestedFile {
  rowCount: number;
  columns: DatasetColumn[];
  reading: DatasetReading;
  rejectedCells: number;
  parquetBytes: number;
}

/** Sound for scans of two threads and for skipping by statistics. */
const ROW_GROUP_ROWS = 122_880;

/**
 * Reads a file of any kind into zstd Parquet without losing a cell, in a process of the pool. Doing it again writes the same files.
 * @throws QuaestorError `dataset_…`; `query_timed_out` at the wall-clock limit
 */
export async function ingestFile(pool: DuckDbPool, input: IngestFileInput): Promise<IngestedFile> {
  const { folder, timeoutMs, signal } = input;
  const scratch = {
    unpacked: join(folder, 'unpacked'),
    sheet: join(folder, 'sheet.csv'),
    normalised: join(folder, 'normalised.csv'),
  };
  try {
    return await pool.withSession({ timeoutMs, signal }, async (session) => {
      input.onPhase?.('inspecting');
      const file = await session.inspect({
        path: input.path,
        unpackedPath: scratch.unpacked,
        sheetPath: scratch.sheet,
        override: input.override,
      });
      if (file.format === 'parquet') return await copyParquet(session, file.path, input);
      const { source, decided } = await openSource(session, file, scratch.normalised, input);
      input.onPhase?.('writing');
      return await writeParquet(session, { file, source, decided, folder });
    });
  } finally {
    await Promise.all(Object.values(scratch).map((path) => rm(path, { force: true })));
  }
}

type TextFile = Exclude<InspectedFile, { format: 'parquet' }>;

interface OpenedSource {
  source: SourceRelation;
  decided: { columns: DecidedColumn[]; rows: number };
}

async function openSource(
  session: DuckDbSession,
  file: TextFile,
  normalisedPath: string,
  input: IngestFileInput,
): Promise<OpenedSource> {
  const decide = async (source: SourceRelation): Promise<OpenedSource> => {
    input.onPhase?.('deciding');
    return { source, decided: await decideColumns(session, source) };
  };
  if (file.format !== 'csv') return await decide(await jsonRelation(session, file));
  if (file.dialect.format.width > LIMITS.datasetColumns) throw tooManyColumns(file.dialect.format.width);
  if (isRegular(file)) {
    try {
      return await decide(regularRelation(file, await readHeader(session, file)));
    } catch (error) {
      // A record that is not like the others: the patient reader takes over.
      if (!(error instanceof QuaestorError) || error.code !== 'query_failed') throw error;
    }
  }
  const normalised = await session.normalise({
    path: file.path,
    dialect: file.dialect,
    isUtf8: file.isUtf8,
    linesAreRecords: file.workbook !== undefined,
    outputPath: normalisedPath,
  });
  return await decide(normalisedRelation(normalisedPath, normalised));
}

async function readHeader(session: DuckDbSession, file: CsvFile): Promise<string[]> {
  if ((file.dialect.tables[0]?.headerRows ?? 0) === 0) return [];
  const asData = {
    ...file,
    dialect: { ...file.dialect, tables: file.dialect.tables.map((table) => ({ ...table, headerRows: 0 })) },
  };
  const { rows } = await session.all(`SELECT * FROM ${regularRelation(asData, []).from} LIMIT 1`);
  return (rows[0] ?? []).map((cell) => (cell === null ? '' : String(cell)));
}

async function writeParquet(
  session: DuckDbSession,
  { file, source, decided, folder }: OpenedSource & { file: TextFile; folder: string },
): Promise<IngestedFile> {
  const values = decided.columns.map(({ reading, listed }, index) => {
    const sql = readingSql(reading, `c${index}`);
    return `${listed === 0 ? sql.checkedValue : sql.value} AS ${quoteName(source.names[index] ?? '')}`;
  });
  const parquetBytes = await copyTo(
    session,
    `SELECT ${values.join(', ')}, ${source.row} AS __row FROM ${source.from}`,
    join(folder, 'data.parquet'),
  );
  const rejectsPath = join(folder, 'rejects.parquet');
  const counts = await writeRejects(session, source, decided.columns, notesOf(file, source), rejectsPath);
  const columns = decided.columns.map(({ reading }, index): DatasetColumn => {
    const name = source.names[index] ?? '';
    const count = counts.get(name) ?? { rejected: 0, respelled: 0 };
    return { name, type: typeOf(reading), reading: describe(reading), ...count };
  });
  return {
    rowCount: decided.rows,
    columns,
    reading: readingOf(file, source.normalised),
    rejectedCells: columns.reduce((sum, { rejected }) => sum + rejected, 0),
    parquetBytes,
  };
}

interface SourceNote {
  line: number;
  text: string;
  reason: string;
}

/** What the file holds beside the cells of the table. */
function notesOf(file: TextFile, source: SourceRelation): SourceNote[] {
  const outside = source.normalised?.outside ?? [];
  const valueless = file.format === 'csv' ? (file.workbook?.valueless ?? []) : [];
  return [
    ...outside.map((note) => ({ ...note, reason: 'outside_of_table' })),
    ...valueless.map((note) => ({ ...note, reason: 'formula_without_value' })),
  ];
}

/** A half-written file never has the final name. */
async function copyTo(session: DuckDbSession, select: string, path: string): Promise<number> {
  const partial = `${path}.partial`;
  await session.run(
    `COPY (${select}) TO ${quoteLiteral(partial)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  );
  await rename(partial, path);
  return (await stat(path)).size;
}

/** Lists the cells that a typed column does not give back, and the records outside of the table. */
async function writeRejects(
  session: DuckDbSession,
  source: SourceRelation,
  columns: readonly DecidedColumn[],
  notes: readonly SourceNote[],
  path: string,
): Promise<Map<string, { rejected: number; respelled: number }>> {
  await session.run(
    'CREATE OR REPLACE TABLE rejects (line BIGINT, "column" VARCHAR, text VARCHAR, reason VARCHAR, "row" BIGINT)',
  );
  const listed = columns.flatMap(({ reading, listed: count }, index) =>
    count > 0 ? [{ reading, index }] : [],
  );
  if (listed.length > 0) {
    const found = listed.map(({ reading, index }) => {
      const cell = `c${index}`;
      const name = quoteLiteral(source.names[index] ?? '');
      return `CASE WHEN ${readingSql(reading, cell).differs} THEN {'c': ${name}, 't': ${cell}, 'r': ${reasonSql(reading, cell)}} END`;
    });
    await session.run(
      `INSERT INTO rejects SELECT ${source.line}, found.c, found.t, found.r, __row FROM (
         SELECT __row, ${source.normalised ? '__line, ' : ''}unnest([${found.join(', ')}]) AS found
         FROM (SELECT *${source.normalised ? '' : `, ${source.row} AS __row`} FROM ${source.from})
       ) WHERE found IS NOT NULL`,
    );
  }
  for (const { line, text, reason } of notes) {
    await session.run('INSERT INTO rejects VALUES ($1, NULL, $2, $3, NULL)', [line, text, reason]);
  }
  await copyTo(session, 'SELECT * FROM rejects ORDER BY line, "column"', path);
  const { rows } = await session.all(
    `SELECT "column", count(*) FILTER (WHERE reason NOT IN ('respelled', 'null_word')), count(*) FILTER (WHERE reason = 'respelled')
     FROM rejects WHERE "column" IS NOT NULL GROUP BY 1`,
  );
  return new Map(
    rows.map(([name, rejected, respelled]) => [
      String(name),
      { rejected: Number(rejected), respelled: Number(respelled) },
    ]),
  );
}

async function copyParquet(
  session: DuckDbSession,
  path: string,
  input: IngestFileInput,
): Promise<IngestedFile> {
  const from = `read_parquet(${quoteLiteral(path)})`;
  input.onPhase?.('deciding');
  const described = await session.all(`DESCRIBE SELECT * FROM ${from}`).catch((error: unknown) => {
    throw error instanceof QuaestorError && error.code === 'query_failed'
      ? new QuaestorError('dataset_unreadable', 'The Parquet file is damaged.', { cause: error })
      : error;
  });
  const columns = described.rows
    .map(
      ([name, type]): DatasetColumn => ({
        name: String(name),
        type: String(type),
        reading: 'as in the file',
        rejected: 0,
        respelled: 0,
      }),
    )
    .filter(({ name }) => name !== '__row');
  if (columns.length > LIMITS.datasetColumns) throw tooManyColumns(columns.length);
  input.onPhase?.('writing');
  const list = columns.map(({ name }) => quoteName(name)).join(', ');
  const parquetBytes = await copyTo(
    session,
    `SELECT ${list}, row_number() OVER () AS __row FROM ${from}`,
    join(input.folder, 'data.parquet'),
  );
  await writeRejects(
    session,
    { names: [], from, row: '', line: '' },
    [],
    [],
    join(input.folder, 'rejects.parquet'),
  );
  const { rows } = await session.all(`SELECT count(*) FROM ${from}`);
  return {
    rowCount: Number(rows[0]?.[0] ?? 0),
    columns,
    reading: { ...UNDELIMITED, format: 'parquet' },
    rejectedCells: 0,
    parquetBytes,
  };
}

const UNDELIMITED: DatasetReading = {
  format: 'jsonl',
  encoding: null,
  delimiter: null,
  quote: null,
  escape: null,
  headerRows: null,
  skippedRows: null,
  tables: 1,
  confidence: 1,
  evidence: [],
  mendedRecords: 0,
  shortRecords: 0,
  longRecords: 0,
  outsideRecords: 0,
};

function readingOf(file: TextFile, normalised: NormalisedFile | undefined): DatasetReading {
  if (file.format !== 'csv') return { ...UNDELIMITED, format: file.format };
  const { dialect, workbook } = file;
  const table = dialect.tables[dialect.table];
  const { delimiter, quote, escape: style } = dialect.format;
  return {
    ...(workbook
      ? { ...UNDELIMITED, format: 'xlsx', sheets: workbook.sheets, sheet: workbook.sheet }
      : { format: 'csv', encoding: dialect.encoding, delimiter, quote, escape: style }),
    headerRows: table?.headerRows ?? 0,
    skippedRows: table?.start ?? 0,
    tables: dialect.tables.length,
    confidence: dialect.confidence,
    evidence: dialect.evidence,
    mendedRecords: normalised?.mended ?? 0,
    shortRecords: normalised?.short ?? 0,
    longRecords: normalised?.long ?? 0,
    outsideRecords: normalised?.outsideCount ?? 0,
  };
}

function describe(reading: ColumnReading): string {
  switch (reading.kind) {
    case 'text':
      return reading.note ?? 'text';
    case 'boolean':
      return `${reading.yes} and ${reading.no}`;
    case 'double':
      return 'numbers with exponents';
    case 'date':
    case 'timestamp':
      return `${reading.kind === 'date' ? 'dates' : 'times'} as ${reading.format}`;
    case 'number': {
      const marks = [
        reading.group === '' ? '' : `thousands by "${reading.group}"`,
        reading.point === '.' ? '' : `point as "${reading.point}"`,
        reading.prefix === '' ? '' : `after "${reading.prefix}"`,
        reading.suffix === '' ? '' : `before "${reading.suffix}"`,
      ].filter((mark) => mark !== '');
      return [
        reading.scale === 0 ? 'whole numbers' : `numbers with ${reading.scale} decimals`,
        ...marks,
      ].join(', ');
    }
  }
}
