// Over 400 lines: one table of the defects that are planted.
import type { WarningKind } from '../../contracts/dataset-profile.js';
import type { TableColumn, Trait } from './harmless-columns.js';
import type { Random } from './random.js';

export interface PlantedDefect {
  kind: WarningKind;
  /** Absent: the defect is one of the file. */
  column?: string;
  /** Other true things to say about the same defect. */
  alsoTrue: WarningKind[];
}

interface Defect {
  kind: WarningKind;
  alsoTrue?: WarningKind[];
  /** Columns that it can be planted in; none: the file. */
  traits?: Trait[];
  /** Changes the column's cells, or the table. */
  plant(input: { random: Random; column: TableColumn; table: TableColumn[] }): void;
}

/** Where a column is read as numbers or dates all the same, cells that do not fit are listed as rejected, which is as true. */
const REJECTED: WarningKind = 'rejected-cells';

/** The share of cells that a defect is in: between 0.2 and 4 %, low ones more often. */
const rare = (random: Random): number => 0.002 * 20 ** random.next();

const rowsOf = (table: TableColumn[]): number => table[0]!.cells.length;

/** Changes some of the cells that hold something: a share of them, at least three. */
function change(
  random: Random,
  column: TableColumn,
  share: number,
  to: (cell: string) => string | null,
): void {
  const filled = column.cells.flatMap((cell, i) => (cell === null ? [] : [i]));
  const count = Math.max(3, Math.round(filled.length * share));
  for (let n = 0; n < count; n += 1) {
    const at = filled.splice(random.int(0, filled.length - 1), 1)[0]!;
    column.cells[at] = to(column.cells[at]!);
  }
}

const insertRow = (
  table: TableColumn[],
  at: number,
  cell: (column: TableColumn, i: number) => string | null,
): void => {
  for (const [i, column] of table.entries()) column.cells.splice(at, 0, cell(column, i));
};

const isFigure = (column: TableColumn): boolean => ['measure', 'skewed', 'count'].includes(column.trait);
const sumOf = (cells: (string | null)[]): number =>
  cells.reduce((sum, cell) => sum + (Number(cell ?? 0) || 0), 0);

const DEFECTS: readonly Defect[] = [
  { kind: 'empty-column', traits: ['text', 'phone', 'flag'], plant: ({ column }) => column.cells.fill(null) },
  {
    kind: 'constant-column',
    traits: ['category', 'flag'],
    plant: ({ column }) => column.cells.fill(column.cells.find((cell) => cell !== null)!),
  },
  {
    kind: 'mostly-missing',
    traits: ['text', 'measure', 'phone', 'category'],
    plant: ({ random, column }) => {
      const share = 0.6 + random.next() * 0.3;
      column.cells = column.cells.map((cell) => (random.chance(share) ? null : cell));
    },
  },
  {
    kind: 'duplicate-column',
    traits: ['measure', 'skewed', 'email', 'date'],
    plant: ({ column, table }) => {
      // The copy comes first, so that the column chosen is the one told.
      table.splice(table.indexOf(column), 0, {
        ...column,
        name: `${column.name}_copy`,
        cells: [...column.cells],
      });
    },
  },
  {
    kind: 'duplicate-rows',
    alsoTrue: ['duplicate-keys'],
    plant: ({ random, table }) => {
      for (let n = random.int(2, 20); n > 0; n -= 1) {
        const from = random.int(0, rowsOf(table) - 1);
        insertRow(table, random.int(from + 1, rowsOf(table)), ({ cells }) => cells[from] ?? null);
      }
    },
  },
  {
    kind: 'duplicate-keys',
    traits: ['id'],
    plant: ({ random, column }) => change(random, column, 0.01, () => random.pick(column.cells)!),
  },
  {
    kind: 'empty-rows',
    plant: ({ random, table }) => {
      for (let n = random.int(1, 5); n > 0; n -= 1)
        insertRow(table, random.int(1, rowsOf(table)), () => null);
    },
  },
  {
    kind: 'null-words',
    alsoTrue: ['mixed-types', 'late-type-change', 'invalid-values'],
    traits: ['category', 'text', 'email', 'measure', 'date'],
    plant: ({ random, column }) => {
      const word = random.pick([
        'N/A',
        'n/a',
        'NULL',
        '-',
        '#N/A',
        'null',
        '?',
        'NaN',
        '--',
        'n.a.',
        '#REF!',
      ]);
      change(random, column, rare(random), () => word);
    },
  },
  {
    kind: 'placeholder-values',
    alsoTrue: ['outliers', 'impossible-values'],
    traits: ['count', 'measure'],
    plant: ({ random, column }) => {
      const word = random.pick(['-999', '-9999', '99999', '999999', '-99999', '9999999']);
      change(random, column, rare(random), () => word);
    },
  },
  {
    kind: 'padded-values',
    traits: ['category', 'city', 'name', 'code', 'email'],
    plant: ({ random, column }) =>
      change(random, column, rare(random), (cell) =>
        random.pick([` ${cell}`, `${cell} `, `${cell}\t`, `  ${cell}`, `${cell}\u00a0`]),
      ),
  },
  {
    kind: 'mojibake',
    alsoTrue: ['similar-values', 'broken-dependency'],
    traits: ['text', 'name', 'category'],
    plant: ({ random, column }) =>
      change(
        random,
        column,
        rare(random),
        (cell) =>
          `${cell} ${random.pick(['cafÃ©', 'MÃ¼ller', 'donâ€™t', 'GrÃ¶ÃŸe', 'na\uFFFDve', 'JosÃ©', 'â‚¬ 5', 'Ä\u008dasopis'])}`,
      ),
  },
  {
    kind: 'control-characters',
    alsoTrue: ['similar-values'],
    traits: ['text', 'name'],
    plant: ({ random, column }) =>
      change(
        random,
        column,
        rare(random),
        (cell) =>
          `${cell.slice(0, 3)}${random.pick(['\u0007', '\u000b', '\u001f', '\u007f'])}${cell.slice(3)}`,
      ),
  },
  {
    kind: 'outliers',
    alsoTrue: ['late-type-change', 'impossible-values'],
    traits: ['measure', 'count'],
    plant: ({ random, column }) => {
      const numbers = column.cells.filter((cell) => cell !== null).map(Number);
      const far = Math.max(...numbers) * 10 ** random.int(1, 3) * random.pick([1, 1, 2, 5]);
      const digits = column.cells.find((cell) => cell !== null)!.split('.')[1]?.length ?? 0;
      const at = random.int(0, column.cells.length - 1);
      column.cells[at] = (far * (1 + random.next() / 10)).toFixed(digits);
    },
  },
  {
    kind: 'impossible-values',
    alsoTrue: ['outliers', 'placeholder-values'],
    traits: ['count'],
    plant: ({ random, column }) => {
      column.name = random.pick(['age', 'quantity', 'stock_count']);
      change(random, column, rare(random), (cell) => (Number(cell) === 0 ? '-1' : `-${cell}`));
    },
  },
  {
    kind: 'mixed-types',
    alsoTrue: ['late-type-change'],
    traits: ['measure', 'count', 'date'],
    plant: ({ random, column }) =>
      change(random, column, 0.02 + random.next() * 0.08, () =>
        random.pick([
          'see notes',
          'broken',
          'ask Anna',
          'about ten',
          'approx.',
          'not measured',
          'TBC by Friday',
        ]),
      ),
  },
  {
    // Few words among numbers: the column keeps its type, and they are listed.
    kind: REJECTED,
    alsoTrue: ['late-type-change'],
    traits: ['measure', 'count'],
    plant: ({ random, column }) => {
      const filled = column.cells.flatMap((cell, i) => (cell === null ? [] : [i]));
      for (let n = Math.max(1, Math.floor(filled.length * 0.003)); n > 0; n -= 1) {
        column.cells[random.pick(filled)] = random.pick(['see notes', 'broken', 'ask Anna']);
      }
    },
  },
  {
    kind: 'late-type-change',
    alsoTrue: ['mixed-types'],
    traits: ['count'],
    plant: ({ random, column }) => {
      const from = Math.floor(column.cells.length * (0.85 + random.next() * 0.1));
      const way = random.int(0, 1);
      column.cells = column.cells.map((cell, i) =>
        cell === null || i < from ? cell : way === 0 ? `${cell}.5` : `${cell} (est.)`,
      );
    },
  },
  {
    kind: 'mixed-units',
    alsoTrue: ['mixed-types', 'late-type-change'],
    traits: ['measure'],
    plant: ({ random, column }) => {
      const [one, other] = random.pick([
        ['kg', 'lb'],
        ['cm', 'in'],
        ['km', 'miles'],
        ['°C', '°F'],
        ['EUR', 'USD'],
        ['ml', 'l'],
        ['hours', 'minutes'],
        ['GB', 'MB'],
        ['m', 'ft'],
      ] as const);
      const usual = 0.8 + random.next() * 0.18;
      column.cells = column.cells.map((cell) =>
        cell === null ? null : `${cell} ${random.chance(usual) ? one : other}`,
      );
    },
  },
  {
    kind: 'mixed-date-formats',
    traits: ['date'],
    plant: ({ random, column }) => {
      const way = random.int(0, 2);
      const usual = 0.8 + random.next() * 0.18;
      column.cells = column.cells.map((cell) => {
        if (cell === null || random.chance(usual)) return cell;
        const [year, month, day] = cell.split('-') as [string, string, string];
        return way === 0
          ? `${day}.${month}.${year}`
          : way === 1
            ? `${month}/${day}/${year}`
            : `${Number(day)} ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][Number(month) - 1]} ${year}`;
      });
    },
  },
  {
    kind: 'mixed-number-formats',
    traits: ['measure'],
    plant: ({ random, column }) =>
      change(random, column, 0.02 + random.next() * 0.15, (cell) => cell.replace('.', ',')),
  },
  {
    kind: 'mixed-booleans',
    traits: ['flag'],
    plant: ({ random, column }) => {
      const other: Record<string, string> = {
        yes: 'true',
        no: 'false',
        true: 'yes',
        false: 'no',
        Y: 'true',
        N: 'false',
      };
      change(random, column, 0.01 + random.next() * 0.3, (cell) => other[cell] ?? cell);
    },
  },
  {
    kind: 'invalid-values',
    traits: ['email'],
    plant: ({ random, column }) =>
      change(random, column, rare(random), (cell) =>
        random.pick([
          cell.replace('@', ' at '),
          cell.split('@')[0]!,
          cell.replace('@', '@@'),
          cell.split('.').slice(0, -1).join('').replaceAll('.', ''),
          cell.replace('@', '@.'),
          'ask at reception',
        ]),
      ),
  },
  {
    kind: 'similar-values',
    alsoTrue: ['broken-dependency'],
    traits: ['category', 'city'],
    plant: ({ random, column }) => {
      const way = random.int(0, 3);
      change(random, column, way >= 2 ? 0.004 : rare(random), (cell) => {
        if (way === 0) return cell.toUpperCase();
        if (way === 1)
          return cell.includes(' ')
            ? cell.replace(' ', '  ')
            : cell.includes('-')
              ? cell.replace('-', ' ')
              : `${cell}.`;
        const at = random.int(1, cell.length - 2);
        if (way === 3 && cell.length >= 5) return cell.slice(0, at) + cell.slice(at + 1);
        return cell.length < 5
          ? cell.toUpperCase()
          : cell.slice(0, at) + cell[at + 1]! + cell[at]! + cell.slice(at + 2);
      });
    },
  },
  {
    kind: 'date-gaps',
    traits: ['series'],
    plant: ({ random, table }) => {
      const from = random.int(20, rowsOf(table) - 30);
      const length = random.int(2, 12);
      for (const column of table) column.cells.splice(from, length);
    },
  },
  {
    kind: 'broken-dependency',
    traits: ['country'],
    plant: ({ random, column }) => {
      const count = Math.max(1, Math.floor(column.cells.length * 0.003));
      for (let n = 0; n < count; n += 1) {
        const at = random.int(0, column.cells.length - 1);
        const others = ['Germany', 'France', 'Spain', 'Italy'].filter((name) => name !== column.cells[at]);
        column.cells[at] = random.pick(others);
      }
    },
  },
  {
    kind: 'subtotal-rows',
    alsoTrue: [
      REJECTED,
      'outliers',
      'impossible-values',
      'footer-rows',
      'late-type-change',
      'mostly-missing',
    ],
    plant: ({ random, table }) => {
      const label = table.find(({ trait }) => trait === 'category' || trait === 'city')!;
      const figures = table.filter(isFigure);
      const total = (from: number, to: number, word: string) =>
        insertRow(table, to, (column) =>
          column === label
            ? word
            : figures.includes(column)
              ? trimmed(sumOf(column.cells.slice(from, to)), column)
              : null,
        );
      const end = rowsOf(table);
      if (random.chance(0.5)) total(0, end, random.pick(['Total', 'Grand Total', 'Summe', 'TOTAL']));
      else {
        const middle = Math.floor(end / 2);
        total(middle, end, 'Subtotal');
        total(0, middle, 'Subtotal');
      }
    },
  },
  {
    kind: 'footer-rows',
    alsoTrue: [REJECTED, 'mixed-types', 'late-type-change', 'invalid-values', 'similar-values'],
    plant: ({ random, table }) => {
      const word = random.pick([
        'Source: statistical office, 2021',
        'Report generated by the warehouse',
        '* preliminary figures, to be revised',
        'Note: excludes returned orders',
      ]);
      insertRow(table, rowsOf(table), (_, i) => (i === 0 ? word : null));
    },
  },
  {
    kind: 'preamble-rows',
    alsoTrue: [REJECTED, 'mixed-types', 'late-type-change', 'invalid-values'],
    plant: ({ random, table }) => {
      const word = random.pick([
        'Monthly report of all branches',
        'Exported on 3 May 2021',
        'Confidential: internal use only',
      ]);
      insertRow(table, 0, (_, i) => (i === 0 ? word : null));
    },
  },
  {
    kind: 'repeated-header',
    alsoTrue: [
      REJECTED,
      'mixed-types',
      'late-type-change',
      'invalid-values',
      'similar-values',
      'mixed-booleans',
      'duplicate-rows',
      'duplicate-keys',
    ],
    plant: ({ random, table }) => {
      for (let n = random.int(1, 3); n > 0; n -= 1)
        insertRow(table, random.int(1, rowsOf(table)), ({ name }) => name);
    },
  },
];

const trimmed = (sum: number, column: TableColumn): string => {
  const digits = column.cells.find((cell) => cell !== null)?.split('.')[1]?.length ?? 0;
  return sum.toFixed(digits);
};

/** Plants a defect where the table has a column for it; undefined where it has none. */
function plantDefect(
  random: Random,
  table: TableColumn[],
  defect: Defect,
  taken: ReadonlySet<string | undefined>,
): PlantedDefect | undefined {
  if (!defect.traits) {
    if (
      defect.kind === 'subtotal-rows' &&
      !(table.some(isFigure) && table.some(({ trait }) => trait === 'category'))
    )
      return undefined;
    defect.plant({ random, table, column: table[0]! });
    return { kind: defect.kind, alsoTrue: defect.alsoTrue ?? [] };
  }
  const fitting = table.filter(
    ({ name, trait, cells }) =>
      !taken.has(name) &&
      !name.endsWith('_copy') &&
      defect.traits!.includes(trait) &&
      cells.filter((cell) => cell !== null).length > 50,
  );
  if (fitting.length === 0) return undefined;
  const column = random.pick(fitting);
  defect.plant({ random, column, table });
  return { kind: defect.kind, column: column.name, alsoTrue: defect.alsoTrue ?? [] };
}

const PERSONAL_TEXTS = [
  'call 212-555-0147 after six',
  'write to h.meier@post.example',
  'refund to DE89370400440532013000 please',
  'card 4111 1111 1111 1111 was charged twice',
  'ssn 123-45-6789 on file',
  '(415) 555-2671',
];

/** Writes personal data into a few cells of some columns of text, and says so. */
export function plantPersonalData(random: Random, table: TableColumn[]): void {
  for (const column of table) {
    if (column.trait !== 'text' || column.cells.filter((cell) => cell !== null).length < 50) continue;
    column.personal = random.chance(0.4);
    if (!column.personal) continue;
    const text = random.pick(PERSONAL_TEXTS);
    change(random, column, rare(random), (cell) => `${cell.slice(0, 60)} ${text}`);
  }
}

/** Defects that leave no other one as it was: rows of names among numbers, rows taken out. */
const ALONE = new Set<WarningKind>(['repeated-header', 'date-gaps']);

/** One to three defects: at most one in a column and one among the rows, which comes last; several on the same cells have no single truth. */
export function plantDefects(random: Random, table: TableColumn[]): PlantedDefect[] {
  const planted: PlantedDefect[] = [];
  const wanted = random.int(1, 3);
  for (let tries = 0; planted.length < wanted && tries < 20; tries += 1) {
    const defect = random.pick(DEFECTS);
    const isRepeated = planted.some(({ kind }) => kind === defect.kind);
    if (isRepeated || (ALONE.has(defect.kind) && planted.length > 0)) continue;
    const taken = new Set(planted.map(({ column }) => column));
    const result = plantDefect(random, table, defect, taken);
    if (!result) continue;
    planted.push(result);
    if (!defect.traits || ALONE.has(defect.kind)) break;
  }
  return planted;
}
