import type { ColumnInfo, Formula, Operand, TableInfo, Vocabulary } from './vocabulary.js';

const isColumn = (operand: Operand): operand is ColumnInfo => typeof operand !== 'number';

/** The stored columns that a column is computed from; itself if it is stored. */
export function storedColumns(column: ColumnInfo): ColumnInfo[] {
  const { formula } = column;
  if (!formula) return [column];
  const parts =
    formula.kind === 'span'
      ? [formula.from, formula.to]
      : formula.kind === 'compare-all'
        ? [formula.column]
        : formula.kind === 'age'
          ? [formula.birth]
          : [formula.left, formula.right];
  return parts.filter(isColumn).flatMap(storedColumns);
}

/** The tables that must be joined for a column. */
export const tablesOfColumn = (column: ColumnInfo): TableInfo[] => [
  ...new Set([column.table, ...storedColumns(column).map((stored) => stored.table)]),
];

const sayOperand = (operand: Operand): string =>
  isColumn(operand) ? operand.source.canonicalColumnName : String(operand);

/** How a formula is told to people; the same text for the same formula. */
export function sayFormula(formula: Formula): string {
  switch (formula.kind) {
    case 'arithmetic':
      return `(${sayOperand(formula.left)} ${formula.op} ${sayOperand(formula.right)})`;
    case 'span':
      return `(time from ${sayOperand(formula.from)} to ${sayOperand(formula.to)}${formula.unit ? ` in ${formula.unit}s` : ''})`;
    case 'age':
      return `(age by ${sayOperand(formula.birth)})`;
    case 'compare':
      return `(${sayOperand(formula.left)} ${formula.op} ${sayOperand(formula.right)})`;
    case 'same-time':
      return `(${sayOperand(formula.left)} is in the same ${formula.unit} as ${sayOperand(formula.right)})`;
    case 'compare-all':
      return `(${sayOperand(formula.column)} ${formula.op} its ${{ sum: 'sum', avg: 'average', min: 'minimum', max: 'maximum' }[formula.fn]} over all rows)`;
  }
}

/** Name of the result column. */
function nameOf(formula: Formula): string {
  if (formula.kind === 'span') return formula.unit ? `${formula.unit}s` : 'duration';
  if (formula.kind === 'age') return 'age';
  if (formula.kind !== 'arithmetic') return 'is_so';
  const word = { '+': 'plus', '-': 'minus', '*': 'times', '/': 'per' }[formula.op];
  const side = (operand: Operand) =>
    isColumn(operand) ? operand.source.name.toLowerCase() : String(operand);
  const name = `${side(formula.left)}_${word}_${side(formula.right)}`.replace(/[^a-z0-9_]+/g, '_');
  return name.length <= 50 ? name : 'result';
}

/**
 * A column that is computed. It belongs to the table whose rows it has one value for each of.
 * Null if its parts are of tables whose rows do not belong together one by one.
 */
export function computedColumn(formula: Formula, vocabulary: Vocabulary): ColumnInfo | null {
  const parts = storedColumns({ formula } as ColumnInfo);
  const tables = [...new Set(parts.map((part) => part.table))];
  const table = tables.find((each) =>
    tables.every((other) => other === each || belongs(each, other, vocabulary)),
  );
  if (!table) return null;
  const isTruth = ['compare', 'compare-all', 'same-time'].includes(formula.kind);
  const name = nameOf(formula);
  return {
    table,
    source: {
      canonicalColumnName: sayFormula(formula),
      name,
      position: 0,
      dataType: isTruth ? 'boolean' : 'numeric',
      isNullable: true,
      isPrimaryKey: false,
      comment: null,
    },
    words: [{ concept: name, root: name }],
    kind: isTruth ? 'boolean' : 'number',
    isZoned: false,
    isDay: false,
    isKey: false,
    refersTo: null,
    formula,
  };
}

/** Whether each row of one table belongs to one row of the other, over at most three keys. */
function belongs(from: TableInfo, to: TableInfo, vocabulary: Vocabulary): boolean {
  let level = [from];
  for (let depth = 0; depth < 3; depth++) {
    level = vocabulary.links
      .filter((link) => !link.isPeer && level.includes(link.from))
      .map((link) => link.to);
    if (level.includes(to)) return true;
  }
  return false;
}
