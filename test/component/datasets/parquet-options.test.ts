import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { versionParquet } from '../../../activities/datasets/duckdb/parquet-options.js';
import { createScratch, type Scratch } from '../../support/scratch.js';

const ROWS = 260_000;

/** By row `i`: the ends of a type beside each other, so that differences overflow; then what is spread, and gaps. */
const mixed = (least: string, greatest: string, spread: string): string =>
  `CASE i % 7 WHEN 0 THEN ${least} WHEN 1 THEN ${greatest} WHEN 2 THEN NULL ELSE ${spread} END`;
const integer = (type: string, least: string, greatest: string): string =>
  mixed(`'${least}'::${type}`, `'${greatest}'::${type}`, `(hash(i) % 100)::${type}`);
const LONG = `repeat(chr(97 + (i % 26)::INT), CASE WHEN i % 20000 = 3 THEN 300000 ELSE (hash(i) % 40)::INT END)`;

const CELLS: Readonly<Record<string, string>> = {
  bigint: mixed('-9223372036854775808', '9223372036854775807', '(hash(i) >> 2)::BIGINT'),
  ascending: 'i * 3',
  equal: '7::BIGINT',
  empty: 'NULL::BIGINT',
  sparse: 'CASE WHEN i % 5003 = 0 THEN i END',
  integer: integer('INTEGER', '-2147483648', '2147483647'),
  smallint: integer('SMALLINT', '-32768', '32767'),
  tinyint: integer('TINYINT', '-128', '127'),
  ubigint: mixed('0::UBIGINT', '18446744073709551615::UBIGINT', 'hash(i)'),
  uinteger: integer('UINTEGER', '0', '4294967295'),
  utinyint: integer('UTINYINT', '0', '255'),
  decimal4: integer('DECIMAL(4,1)', '-999.9', '999.9'),
  decimal9: mixed('-9999999.99::DECIMAL(9,2)', '9999999.99::DECIMAL(9,2)', '(i / 7)::DECIMAL(9,2)'),
  decimal18: mixed(
    '-9999999999999999.99::DECIMAL(18,2)',
    '9999999999999999.99::DECIMAL(18,2)',
    '(i / 7)::DECIMAL(18,2)',
  ),
  decimal38: mixed(
    `'-9999999999999999999999999999.9999999999'::DECIMAL(38,10)`,
    `'9999999999999999999999999999.9999999999'::DECIMAL(38,10)`,
    '(i / 7)::DECIMAL(38,10)',
  ),
  double: mixed(
    `'-inf'::DOUBLE`,
    `'nan'::DOUBLE`,
    'CASE WHEN i % 2 = 0 THEN sin(i) * 1e300 ELSE -0.0::DOUBLE END',
  ),
  float: mixed(`'-inf'::FLOAT`, `'nan'::FLOAT`, 'sin(i)::FLOAT'),
  boolean: mixed('false', 'true', 'hash(i) % 2 = 0'),
  date: mixed(`DATE '0001-01-01'`, `DATE '9999-12-31'`, `DATE '2000-01-01' + (hash(i) % 9000)::INT`),
  timestamp: mixed(
    `TIMESTAMP '0001-01-01 00:00:00'`,
    `TIMESTAMP '9999-12-31 23:59:59.999999'`,
    'make_timestamp((hash(i) >> 14)::BIGINT)',
  ),
  timestamptz: `CASE WHEN i % 3 > 0 THEN to_timestamp(i * 1000.5) END`,
  time: `CASE WHEN i % 3 > 0 THEN TIME '00:00:00' + to_seconds(i % 86400) END`,
  uuid: `CASE WHEN i % 3 > 0 THEN CAST(md5(i::VARCHAR) AS UUID) END`,
  category: `CASE i % 4 WHEN 0 THEN 'München' WHEN 1 THEN '' WHEN 2 THEN NULL ELSE 'Oslo' END`,
  text: `CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE hash(i)::VARCHAR || ' ß€😀' END`,
  long: LONG,
  blob: `encode(hash(i)::VARCHAR)`,
  list: `CASE WHEN i % 3 > 0 THEN [i, NULL, -i] END`,
  struct: `{'a': i, 'b': CASE WHEN i % 2 = 0 THEN i::VARCHAR END}`,
  map: `MAP {i % 3: 'x', 10: NULL}`,
};

describe('Parquet files of versions', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await createScratch({ memoryLimitBytes: 512 * 1024 ** 2 });
  });
  afterAll(async () => await scratch.remove());

  it('give every cell of every type back, in the order in which it was written', async () => {
    const path = join(scratch.folder, 'cells.parquet');
    const list = Object.entries(CELLS).map(([name, cell]) => `${cell} AS "${name}"`);
    const source = `(SELECT ${list.join(', ')} FROM range(${ROWS}) AS rows(i))`;
    const { rows, encodings, differing } = await scratch.pool.withSession(
      { timeoutMs: 300_000 },
      async (session) => {
        const rows = await session.run(`COPY ${source} TO '${path}' ${versionParquet(list.length)}`);
        const found = await session.all(
          `SELECT DISTINCT unnest(string_split(encodings, ', ')), compression FROM parquet_metadata('${path}')`,
        );
        const differing: string[] = [];
        for (const [name, cell] of Object.entries(CELLS)) {
          // As text also, because −0 equals 0.
          const { rows: counted } = await session.all(
            `SELECT count(*) FROM (SELECT ${cell} AS v FROM range(${ROWS}) AS rows(i)) a POSITIONAL JOIN (SELECT "${name}" AS w FROM '${path}') b
             WHERE v IS DISTINCT FROM w OR CAST(v AS VARCHAR) IS DISTINCT FROM CAST(w AS VARCHAR)`,
          );
          if (counted[0]?.[0] !== 0) differing.push(`${name}: ${counted[0]?.[0]}`);
        }
        return { rows, encodings: found.rows, differing };
      },
    );
    expect(rows).toBe(ROWS);
    expect(differing).toEqual([]);
    expect(new Set(encodings.map(([, compression]) => compression))).toEqual(new Set(['ZSTD']));
    // Otherwise nothing of this was tried.
    expect(encodings.map(([encoding]) => encoding)).toEqual(
      expect.arrayContaining(['DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY', 'BYTE_STREAM_SPLIT']),
    );
  }, 300_000);
});
