import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetColumn, DatasetOverride, DatasetReading } from '../../../contracts/dataset.js';
import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { Dialect } from '../../../domain/datasets/dialect/dialect.js';
import { type ColumnReading, typeOf } from '../../../domain/datasets/types/column-reading.js';
import { countEmptyCells } from '../duckdb/count-empty-cells.js';
import type { DuckDbPool } from '../duckdb/duckdb-pool.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { quoteLiteral, quoteName } from '../duckdb/quote.js';
import { hidesPlaceInFile, ROW_COLUMN } from '../duckdb/version-rows.js';
import { countLines } from './count-lines.js';
import { guessColumns, settleColumns } from './decide-columns.js';
import type { InspectedFile } from './inspect-file.js';
import { jsonRelation } from './json-relation.js';
import { tooManyColumns } from './normalise-file.js';
import { findCutTimes } from './parquet-fields.js';
import { readingSql, reasonSql, valueName, withValues } from './reading-sql.js';
import {
  type CsvFile,
  isRegular,
  normalisedRelation,
  regularRelation,
  type SourceNote,
  type SourceRelation,
} from './source-relation.js';
import { bytesOf, copyTo, type WrittenColumns, writeColumns } from './write-columns.js';

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
      return await listRejects(
        session,
        file,
        await readTable(session, file, scratch.normalised, input),
        folder,
      );
    });
  } finally {
    await Promise.all(Object.values(scratch).map((path) => rm(path, { force: true })));
  }
}

type TextFile = Exclude<InspectedFile, { format: 'parquet' }>;

/** A source whose cells are in `data.parquet`, and how many of them each reading did not give back exactly. */
interface ReadTable extends WrittenColumns {
  source: SourceRelation;
  readings: ColumnReading[];
}

async function readTable(
  session: DuckDbSession,
  file: TextFile,
  normalisedPath: string,
  input: IngestFileInput,
): Promise<ReadTable> {
  const read = (source: SourceRelation): Promise<ReadTable> => decideAndWrite(session, source, input);
  if (file.format !== 'csv') {
    return await read(await jsonRelation(session, file, () => linesOf(session, file.path, normalisedPath)));
  }
  if (file.dialect.format.width > LIMITS.datasetColumns) throw tooManyColumns(file.dialect.format.width);
  if (isRegular(file)) {
    try {
      const regular = await read(regularRelation(file, await readHeader(session, file)));
      if (await areLinesKnown(file, regular)) return regular;
      // Cells are to be listed, and the number of a record does not tell its line: the patient reader knows both.
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
  return await read(normalisedRelation(normalisedPath, normalised));
}

/** Nothing is to be listed, or every record is one line. */
async function areLinesKnown({ path, dialect }: CsvFile, { misfits, rows }: ReadTable): Promise<boolean> {
  if (misfits.every((count) => count === 0)) return true;
  return (await countLines(path)) === rows + (dialect.tables[0]?.headerRows ?? 0);
}

/** Most files are as they begin: the first guess is written at once, and written again only where the whole file says otherwise. */
async function decideAndWrite(
  session: DuckDbSession,
  source: SourceRelation,
  { folder, onPhase }: IngestFileInput,
): Promise<ReadTable> {
  const path = join(folder, 'data.parquet');
  onPhase?.('deciding');
  const guessed = await guessColumns(session, source);
  const guesses = guessed.map(({ reading }) => reading);
  onPhase?.('writing');
  const written = await writeColumns(session, source, guesses, path);
  const readings = await settleColumns(session, source, guessed, written);
  if (JSON.stringify(readings) === JSON.stringify(guesses)) return { source, readings, ...written };
  return { source, readings, ...(await writeColumns(session, source, readings, path)) };
}

/** The lines of a text as a relation, each with its number. */
async function linesOf(session: DuckDbSession, path: string, outputPath: string): Promise<string> {
  const normalised = await session.normalise({ path, dialect: ONE_COLUMN, isUtf8: true, outputPath });
  return normalisedRelation(outputPath, normalised).from;
}

const ONE_COLUMN: Dialect = {
  encoding: 'utf-8',
  hasBom: false,
  format: { delimiter: '', quote: '', escape: 'none', carriageReturnEnds: false, width: 1 },
  tables: [{ start: 0, headerRows: 0, width: 1 }],
  table: 0,
  footerRows: 0,
  confidence: 1,
  evidence: [],
};

async function readHeader(session: DuckDbSession, file: CsvFile): Promise<string[]> {
  if ((file.dialect.tables[0]?.headerRows ?? 0) === 0) return [];
  const asData = {
    ...file,
    dialect: { ...file.dialect, tables: file.dialect.tables.map((table) => ({ ...table, headerRows: 0 })) },
  };
  const { rows } = await session.all(`SELECT * FROM ${regularRelation(asData, []).from} LIMIT 1`);
  return (rows[0] ?? []).map((cell) => (cell === null ? '' : String(cell)));
}

async function listRejects(
  session: DuckDbSession,
  file: TextFile,
  read: ReadTable,
  folder: string,
): Promise<IngestedFile> {
  const { readings, rows, source } = read;
  const counts = await writeRejects(session, read, notesOf(file, source), join(folder, 'rejects.parquet'));
  const empty = await countEmptyCells(session, join(folder, 'data.parquet'));
  const columns = readings.map((reading, index): DatasetColumn => {
    const name = source.names[index] ?? '';
    const count = counts.get(name) ?? { rejected: 0, respelled: 0 };
    return { name, type: typeOf(reading), reading: describe(reading), ...count, empty: empty.get(name) };
  });
  return {
    rowCount: rows,
    columns,
    reading: readingOf(file, source),
    rejectedCells: columns.reduce((sum, { rejected }) => sum + rejected, 0),
    parquetBytes: await bytesOf(join(folder, 'data.parquet')),
  };
}

function firstRowOf(file: TextFile): number {
  const table = file.format === 'csv' ? file.dialect.tables[file.dialect.table] : undefined;
  return (table?.start ?? 0) + (table?.headerRows ?? 0);
}

/** What the file holds beside the cells of the table. */
function notesOf(file: TextFile, source: SourceRelation): SourceNote[] {
  const outside = source.normalised?.outside ?? [];
  const valueless = file.format === 'csv' ? (file.workbook?.valueless ?? []) : [];
  return [
    ...(source.notes ?? []),
    ...outside.map((note) => ({ ...note, reason: 'outside_of_table' })),
    ...valueless.map(({ line, text, column }) => {
      // Above the data a formula belongs to no column.
      const name = line > firstRowOf(file) ? source.names[column] : undefined;
      return { line, text, reason: 'formula_without_value', ...(name === undefined ? {} : { column: name }) };
    }),
  ];
}

/** Lists the cells that a typed column does not give back, and the records outside of the table. */
async function writeRejects(
  session: DuckDbSession,
  { source, readings, misfits }: Pick<ReadTable, 'source' | 'readings' | 'misfits'>,
  notes: readonly SourceNote[],
  path: string,
): Promise<Map<string, { rejected: number; respelled: number }>> {
  await session.run(
    'CREATE OR REPLACE TABLE rejects (line BIGINT, "column" VARCHAR, text VARCHAR, reason VARCHAR, "row" BIGINT)',
  );
  const listed = readings.flatMap((reading, index) =>
    (misfits[index] ?? 0) > 0 ? [{ reading, index }] : [],
  );
  if (listed.length > 0) {
    const found = listed.map(({ reading, index }) => {
      const cell = `c${index}`;
      const name = quoteLiteral(source.names[index] ?? '');
      return `CASE WHEN ${readingSql(reading, cell, valueName(index)).differs} THEN {'c': ${name}, 't': ${cell}, 'r': ${reasonSql(reading, cell)}} END`;
    });
    const indices = listed.map(({ index }) => index);
    await session.run(
      `INSERT INTO rejects SELECT ${source.line}, found.c, found.t, found.r, __row FROM (
         SELECT __row, ${source.isNumbered ? '__line, ' : ''}unnest([${found.join(', ')}]) AS found
         FROM (SELECT *${source.isNumbered ? '' : `, ${source.row} AS __row`} FROM ${withValues(source.from, readings, indices)})
       ) WHERE found IS NOT NULL`,
    );
  }
  for (const { line, column = null, text, reason } of notes) {
    await session.run('INSERT INTO rejects VALUES ($1, $2, $3, $4, NULL)', [line, column, text, reason]);
  }
  await copyTo(session, 'SELECT * FROM rejects ORDER BY line, "column"', 5, path);
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
  if (described.rows.length > LIMITS.datasetColumns) throw tooManyColumns(described.rows.length);
  const cut = await findCutTimes(session, path);
  const sources = described.rows.map(([name]) => String(name));
  const columns = described.rows.map(([, type], index): DatasetColumn => {
    const source = sources[index] ?? '';
    const name = freeName(source, sources);
    const called = name === source ? '' : `, where it is called "${source}"`;
    const times = cut.has(index) ? ', but for nanoseconds: times are kept to the microsecond' : '';
    const reading = `as in the file${called}${times}`;
    return { name, type: String(type), reading, rejected: 0, respelled: 0 };
  });
  input.onPhase?.('writing');
  const names = columns.map(({ name }) => name);
  const list = sources
    .map((source, index) => `${quoteName(source)} AS ${quoteName(names[index] ?? '')}`)
    .concat(hidesPlaceInFile(names) ? [`row_number() OVER () AS ${ROW_COLUMN}`] : []);
  const data = join(input.folder, 'data.parquet');
  const rowCount = await copyTo(session, `SELECT ${list.join(', ')} FROM ${from}`, list.length, data);
  const nothing = { source: { names: [], from, row: '', line: '' }, readings: [], misfits: [] };
  await writeRejects(session, nothing, [], join(input.folder, 'rejects.parquet'));
  const empty = await countEmptyCells(session, data);
  const evidence = cut.size === 0 ? [] : [{ about: 'columns', text: CUT_TIMES, confidence: 0.7 }];
  return {
    rowCount,
    columns: columns.map((column) => ({ ...column, empty: empty.get(column.name) })),
    reading: {
      ...UNDELIMITED,
      format: 'parquet',
      confidence: Math.min(1, ...evidence.map(({ confidence }) => confidence)),
      evidence,
    },
    rejectedCells: 0,
    parquetBytes: await bytesOf(data),
  };
}

const CUT_TIMES =
  'Times of the old type INT96, or with a time zone, are kept to the microsecond: nanoseconds are cut off.';

/** The number of the record has its name for itself. */
function freeName(name: string, others: readonly string[]): string {
  if (name.toLowerCase() !== ROW_COLUMN) return name;
  const taken = new Set(others.map((other) => other.toLowerCase()));
  let number = 2;
  while (taken.has(`${ROW_COLUMN}_${number}`)) number += 1;
  return `${name}_${number}`;
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

function readingOf(file: TextFile, { normalised, ...source }: SourceRelation): DatasetReading {
  if (file.format !== 'csv') {
    const evidence = [...(file.encoding ? [file.encoding.evidence] : []), ...(source.evidence ?? [])];
    return {
      ...UNDELIMITED,
      format: file.format,
      encoding: file.encoding?.name ?? null,
      confidence: Math.min(1, ...evidence.map(({ confidence }) => confidence)),
      evidence,
      outsideRecords: source.notes?.filter(({ reason }) => reason === 'not_an_object').length ?? 0,
    };
  }
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
