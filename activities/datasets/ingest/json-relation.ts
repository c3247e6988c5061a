import { LIMITS } from '../../../contracts/limits.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { nameColumns } from '../../../domain/datasets/column-names.js';
import type { JsonLayout } from '../../../domain/datasets/json/json-layout.js';
import { sayCount } from '../../../domain/say-count.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { quoteLiteral } from '../duckdb/quote.js';
import { tooManyColumns } from './normalise-file.js';
import type { SourceNote, SourceRelation } from './source-relation.js';

export interface JsonFile {
  path: string;
  layout: JsonLayout;
}

/** Listed of each kind. */
const MOST_NOTES = 10_000;
const MOST_OBJECT_BYTES = 32 * 1024 ** 2;

/**
 * JSON objects: one column for each key that occurs; numbers keep their digits, nested values are JSON. What is no object, and the second
 * value of a key that an object has twice, is listed.
 * @param lines gives the file's lines as a relation of `__line` and `c0`; asked only where one of them is no object
 * @throws QuaestorError `dataset_empty`, `dataset_unreadable` where the text is no JSON and has no lines to go on with, `dataset_too_many_columns`
 */
export async function jsonRelation(
  session: DuckDbSession,
  file: JsonFile,
  lines: () => Promise<string>,
): Promise<SourceRelation> {
  const objects = `read_json_objects(${quoteLiteral(file.path)}, format = '${file.layout}', maximum_object_size = ${MOST_OBJECT_BYTES})`;
  const hasLines = file.layout === 'newline_delimited';
  const found = await findKeys(session, objects).catch((error: unknown) => {
    if (!(error instanceof QuaestorError) || error.code !== 'query_failed') throw error;
    if (hasLines) return undefined;
    throw new QuaestorError('dataset_unreadable', `The file is not valid JSON. ${error.message}`, {
      cause: error,
    });
  });
  if (found && !found.isOdd) {
    return {
      ...columnsOf(found.keys, objects),
      row: 'row_number() OVER ()',
      line: '__row',
    };
  }
  const all = hasLines
    ? `(SELECT __line AS line, c0 AS text, TRY_CAST(c0 AS JSON) AS json FROM ${await lines()} WHERE trim(c0) <> '')`
    : `(SELECT row_number() OVER () AS line, CAST(json AS VARCHAR) AS text, json FROM ${objects})`;
  const kept = `(SELECT row_number() OVER () AS __row, line AS __line, json FROM ${all} WHERE json_type(json) = 'OBJECT')`;
  const { keys } = await findKeys(session, kept);
  const others = await listNotes(
    session,
    `SELECT line, text, 'not_an_object' FROM ${all} WHERE json_type(json) IS DISTINCT FROM 'OBJECT'`,
  );
  const repeated = await listNotes(
    session,
    `SELECT line, json_object(key, value), 'repeated_key' FROM (
       SELECT kept.__line AS line, each.key, each.value, row_number() OVER (PARTITION BY kept.__row, each.key ORDER BY each.id) AS nth
       FROM (SELECT * FROM ${kept} WHERE len(json_keys(json)) <> list_unique(json_keys(json))) kept, json_each(kept.json) each)
     WHERE nth > 1`,
  );
  return {
    ...columnsOf(keys, kept, ['__row', '__line']),
    row: '__row',
    line: '__line',
    isNumbered: true,
    notes: [...others, ...repeated],
    evidence: [
      ...(others.length > 0
        ? [
            told(
              others.length,
              hasLines ? 'line is' : 'element is',
              hasLines ? 'lines are' : 'elements are',
              'no JSON object',
            ),
          ]
        : []),
      ...(repeated.length > 0
        ? [told(repeated.length, 'value is', 'values are', 'of a key that its object has already')]
        : []),
    ],
  };
}

const told = (count: number, one: string, many: string, what: string) => ({
  about: 'records',
  confidence: 0.7,
  text:
    count < MOST_NOTES
      ? `${sayCount(count, one, many)} ${what}; ${count === 1 ? 'it is' : 'they are'} listed with the rejected cells.`
      : `At least ${sayCount(count, one, many)} ${what}; the first of them are listed with the rejected cells.`,
});

/** The keys in the order in which they first come. Odd: something is no object, or an object has a key twice. */
async function findKeys(
  session: DuckDbSession,
  objects: string,
): Promise<{ keys: string[]; isOdd: boolean }> {
  const { rows } = await session.all(
    `SELECT key FROM (
       SELECT unnest(keys) AS key, nth * 1000000 + unnest(range(len(keys))) AS place FROM (
         SELECT CASE WHEN json_type(json) = 'OBJECT' AND list_unique(names) = len(names) THEN names ELSE list_append(names, NULL) END AS keys, nth
         FROM (SELECT json, json_keys(json) AS names, row_number() OVER () AS nth FROM ${objects})))
     GROUP BY key ORDER BY min(place) LIMIT ${LIMITS.datasetColumns + 2}`,
  );
  const keys = rows.flatMap(([key]) => (key === null ? [] : [String(key)]));
  return { keys, isOdd: keys.length < rows.length };
}

function columnsOf(
  keys: readonly string[],
  objects: string,
  numbers: readonly string[] = [],
): Pick<SourceRelation, 'names' | 'from'> {
  if (keys.length === 0) throw new QuaestorError('dataset_empty', 'The file holds no objects with keys.');
  if (keys.length > LIMITS.datasetColumns) throw tooManyColumns(keys.length);
  const pointer = (key: string): string =>
    quoteLiteral(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const cells = keys.map((key, index) => `json ->> ${pointer(key)} AS c${index}`);
  return {
    names: nameColumns([[...keys]], keys.length),
    from: `(SELECT ${[...numbers, ...cells].join(', ')} FROM ${objects})`,
  };
}

async function listNotes(session: DuckDbSession, select: string): Promise<SourceNote[]> {
  const { rows } = await session.all(`${select} ORDER BY line LIMIT ${MOST_NOTES}`);
  return rows.map(([line, text, reason]) => ({
    line: Number(line),
    text: String(text),
    reason: String(reason),
  }));
}
