import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

/** What a "revenue" may be: one column, or a price times a quantity. */
export type SalesMeasure =
  | { table: TableInfo; column: ColumnInfo }
  | { table: TableInfo; price: ColumnInfo; quantity: ColumnInfo };

const SALES_TABLE = new Set('order sale invoice purchase transaction receipt'.split(' '));
const LINE_TABLE = new Set('item line detail position'.split(' '));

const money = (table: TableInfo): ColumnInfo[] =>
  table.columns.filter((c) => c.kind === 'number' && !c.isKey);
const has = (column: ColumnInfo, ...words: string[]): boolean =>
  column.words.some((w) => words.includes(w.concept));

/**
 * Candidates for revenue, in ranks: a column of that name, line amounts, price times quantity of lines, amounts of whole sales,
 * price times quantity of sales, prices of sales. Inside a rank the candidates compete.
 */
export function salesMeasures(vocabulary: Vocabulary): SalesMeasure[][] {
  const tables = vocabulary.tables.filter(
    (t) => t.source.kind === 'table' || t.source.kind === 'partitioned-table',
  );
  const isSales = (t: TableInfo) =>
    t.words.some((w) => SALES_TABLE.has(w.concept)) &&
    !t.words.some((w) => w.concept === 'return' || w.concept === 'purchase');
  const lines = tables.filter((t) => isSales(t) && t.words.some((w) => LINE_TABLE.has(w.concept)));
  const heads = tables.filter((t) => isSales(t) && t.words.every((w) => SALES_TABLE.has(w.concept)));
  const columns = (from: TableInfo[], test: (column: ColumnInfo) => boolean): SalesMeasure[] =>
    from.flatMap((table) => {
      const found = money(table).filter(test);
      return found.map((column) => ({ table, column }));
    });

  const named = columns(
    tables,
    (c) => has(c, 'revenue', 'turnover') || (has(c, 'sale') && has(c, 'amount', 'total', 'value')),
  );
  const lineAmounts = columns(
    lines,
    (c) => has(c, 'total', 'amount', 'subtotal') && !has(c, 'tax', 'discount', 'cost', 'shipping'),
  );
  const quantitiesOf = (table: TableInfo) =>
    money(table).filter((c) => has(c, 'quantity', 'unit') && !has(c, 'price'));
  const productsOf = (from: TableInfo[]): SalesMeasure[] =>
    from.flatMap((table) => {
      const prices = money(table).filter((c) => has(c, 'price'));
      const quantities = quantitiesOf(table);
      return prices.length === 1 && quantities.length === 1
        ? [{ table, price: prices[0]!, quantity: quantities[0]! }]
        : [];
    });
  const headAmounts = columns(
    heads,
    (c) => has(c, 'total', 'amount') && !has(c, 'tax', 'discount', 'cost', 'shipping', 'fee', 'paid'),
  );
  // The price of one unit is not what a sale brings in.
  const headPrices = columns(
    heads,
    (c) => has(c, 'price') && !has(c, 'per', 'unit') && quantitiesOf(c.table).length === 0,
  );
  return [named, lineAmounts, productsOf(lines), headAmounts, productsOf(heads), headPrices].filter(
    (rank) => rank.length > 0,
  );
}
