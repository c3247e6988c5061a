import type { PatternCount, SimilarValues, TextFigures } from '../../../contracts/dataset-profile.js';
import { isOpposite } from '../../../domain/profile/is-opposite.js';
import { isNameOfPersons } from '../../../domain/profile/semantic-type.js';
import { withoutNames } from '../../../domain/profile/similar-accents.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { bySlot, numberOfCell, textOrNull, valueCounts } from './read-cell.js';
import { quoteName } from './sql-text.js';
import {
  embeddedStatement,
  PATTERN_VALUES,
  patternsStatement,
  searchedFiguresStatement,
  textFiguresStatement,
  unitsStatement,
} from './statements/patterns.js';
import { typosStatement, variantsStatement } from './statements/similar-values.js';
import { nullWordsStatement, textFiguresOf } from './statements/text-figures.js';
import { VALUE_TABLE } from './statements/value-table.js';

type Row = Record<string, unknown>;

export interface MeasuredText {
  figures: TextFigures;
  /** Least and greatest, empty text left out of the least. */
  min: string | null;
  max: string | null;
}

/** Lengths, blanks, odd characters, words for nothing, and patterns of text columns, by slot. */
export async function measureText(
  batch: ColumnBatch,
  columns: readonly BatchColumn[],
): Promise<Map<number, MeasuredText>> {
  if (columns.length === 0) return new Map();
  const narrow = columns.filter((column) => !isWide(column)).map(({ slot }) => slot);
  const rows = narrow.length > 0 ? await batch.query(textFiguresStatement(narrow)) : [];
  for (const { slot, column } of columns.filter(isWide)) {
    const of = {
      slot: String(slot),
      text: quoteName(column.name),
      weight: '1',
      from: batch.data,
    };
    rows.push(...(await batch.query(textFiguresOf(of))));
  }
  const counts = bySlot(rows);
  const words = bySlot(await nullWords(batch, columns));
  const searched = bySlot(await batch.query(searchedFiguresStatement(columns.map(({ slot }) => slot))));
  const patterns = await measurePatterns(batch, columns);
  return new Map(
    columns.flatMap(({ slot, cells, oneIn }) => {
      const row = counts.get(slot)?.[0];
      const found = searched.get(slot)?.[0] ?? {};
      if (!row) return [];
      const nothing = words.get(slot)?.[0] ?? {};
      const control = numberOfCell(found.control) * oneIn;
      const totalWords = numberOfCell(found.total_words) * oneIn;
      const counted = figuresOf({ ...row, ...nothing }, cells, patterns.get(slot) ?? []);
      const figures = { ...counted, control, totalWords };
      return [[slot, { figures, min: textOrNull(row.least), max: textOrNull(row.greatest) }] as const];
    }),
  );
}

async function nullWords({ query, data }: ColumnBatch, columns: readonly BatchColumn[]): Promise<Row[]> {
  const slots = columns.filter((column) => !isWide(column)).map(({ slot }) => slot);
  const rows =
    slots.length > 0
      ? await query(
          nullWordsStatement(
            'slot',
            'text',
            'n',
            `(FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}))`,
          ),
        )
      : [];
  for (const { slot, column } of columns.filter(isWide)) {
    rows.push(...(await query(nullWordsStatement(String(slot), quoteName(column.name), '1', data))));
  }
  return rows;
}

async function measurePatterns({ query }: ColumnBatch, columns: readonly BatchColumn[]) {
  const wanted = columns.map(({ slot, distinct, oneIn }) => ({
    slot,
    oneIn: oneIn > 1 ? 1 : Math.ceil(distinct / PATTERN_VALUES),
    scale: oneIn > 1 ? oneIn : Math.ceil(distinct / PATTERN_VALUES),
  }));
  const rows = bySlot(await query(patternsStatement(wanted)));
  return new Map(
    wanted.map(({ slot, scale }) => [
      slot,
      (rows.get(slot) ?? []).map((row) => ({ row, scale: Math.max(1, scale) })),
    ]),
  );
}

function figuresOf(
  row: Row,
  cells: number,
  patterns: readonly { row: Row; scale: number }[],
): Omit<TextFigures, 'control' | 'totalWords'> {
  const get = (name: string) => numberOfCell(row[name]);
  const meanBytes = cells > 0 ? get('sum_bytes') / cells : 0;
  return {
    lengths: {
      minBytes: get('min_bytes'),
      maxBytes: get('max_bytes'),
      sumBytes: get('sum_bytes'),
      meanBytes,
      variancePopulation: cells > 0 ? Math.max(0, get('sum_squares') / cells - meanBytes ** 2) : 0,
      minCharacters: get('min_characters'),
      maxCharacters: get('max_characters'),
    },
    empty: get('empty'),
    blank: get('blank'),
    padded: get('padded'),
    notAscii: get('not_ascii'),
    mojibake: get('mojibake'),
    nullWords: get('null_words'),
    nullWordExamples: ((row.null_word_examples ?? []) as unknown[]).map(String).sort().slice(0, 5),
    patterns: patterns.map(({ row: of, scale }) => patternOf(of, scale)),
    patternCount: patterns.length > 0 ? Number(patterns[0]!.row.patterns) : 0,
  };
}

const patternOf = (row: Row, scale: number): PatternCount => ({
  pattern: String(row.pattern),
  count: numberOfCell(row.n) * scale,
  distinct: numberOfCell(row.distinct_values) * scale,
  firstRow: numberOfCell(row.first_row),
  examples: ((row.examples ?? []) as unknown[]).map(String),
});

/** Cells with personal data inside longer text, and matches of it, by slot. */
export async function measureEmbedded(
  { query }: ColumnBatch,
  columns: readonly BatchColumn[],
): Promise<Map<number, { count: number; matches: { match: string; row: number }[] }>> {
  if (columns.length === 0) return new Map();
  const rows = await query(embeddedStatement(columns.map(({ slot }) => slot)));
  const oneIn = new Map(columns.map((column) => [column.slot, column.oneIn]));
  return new Map(
    rows.map((row) => [
      Number(row.slot),
      {
        count: numberOfCell(row.n) * oneIn.get(Number(row.slot))!,
        matches: ((row.found ?? []) as Row[]).map(({ match, row: at }) => ({
          match: String(match),
          row: Number(at),
        })),
      },
    ]),
  );
}

/** Units of quantities, by slot, the most frequent first. */
export async function measureUnits(
  { query }: ColumnBatch,
  slots: readonly number[],
): Promise<Map<number, Row[]>> {
  return slots.length > 0 ? bySlot(await query(unitsStatement(slots))) : new Map<number, Row[]>();
}

/** Groups of values that are probably one, by slot; only of columns whose values repeat. */
export async function measureSimilar(
  { query }: ColumnBatch,
  columns: readonly BatchColumn[],
): Promise<Map<number, SimilarValues[]>> {
  const found = new Map<number, SimilarValues[]>();
  const add = (slot: number, similar: SimilarValues): void => {
    found.set(slot, [...(found.get(slot) ?? []), similar].slice(0, 50));
  };
  const repeating = columns.filter(
    (of) => !isWide(of) && of.distinct <= 20_000 && of.distinct <= of.cells * 0.5,
  );
  const persons = new Set(repeating.flatMap((of) => (isNameOfPersons(of.column.name) ? [of.slot] : [])));
  if (repeating.length > 0) {
    for (const row of await query(variantsStatement(repeating.map(({ slot }) => slot)))) {
      const values = withoutNames(valueCounts(row.values), persons.has(Number(row.slot)));
      if (values.length > 1) add(Number(row.slot), { kind: 'variant', values });
    }
  }
  // Smith and Smyth, Hansen and Hanson: names are as like as slips are.
  const categories = repeating.filter(
    (of) => of.distinct <= 1000 && of.distinct <= of.cells * 0.2 && !isNameOfPersons(of.column.name),
  );
  if (categories.length > 0) {
    for (const row of await query(typosStatement(categories.map(({ slot }) => slot)))) {
      const values = valueCounts([row.common, row.rare]);
      if (isOpposite(values[0]!.text, values[1]!.text)) continue;
      add(Number(row.slot), { kind: 'typo', values });
    }
  }
  return found;
}
