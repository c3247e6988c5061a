import type { TableInfo } from './vocabulary.js';

const MONEY = new Set(
  'payment expense donation refund deposit withdrawal payout salary fine fee penalty tax bonus grant royalty'.split(
    ' ',
  ),
);
const AMOUNTS = new Set(['amount', 'cost', 'sum', 'value', 'total']);

/** Rows of which each is a sum of money: "total payments" may be a number or an amount. */
export const isMoney = (table: TableInfo): boolean =>
  table.words.some((word) => MONEY.has(word.concept)) &&
  table.columns.some(
    (c) => c.kind === 'number' && !c.isKey && c.words.some((word) => AMOUNTS.has(word.concept)),
  );
