import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { toCopyText } from '../../examples/sample-company/copy-rows.js';
import { generateSampleCompany } from '../../examples/sample-company/generate-sample-company.js';
import type { SampleTable, SampleValue } from '../../examples/sample-company/generator/sample-table.js';
import { listCreated, listForeignKeys, readSql } from '../../examples/sample-company/sql-files.js';

const NOW = new Date('2026-03-18T10:20:30Z');

/** Days that are planned, not past: they may lie ahead. */
const PLANNED = ['due_on', 'expected_on', 'promised_on', 'public.promotions.ends_on'];

interface Loaded {
  columns: readonly string[];
  rows: SampleValue[][];
}

let tables: Map<string, Loaded>;
let digest: string;

const toHash = (all: Iterable<SampleTable>): string => {
  const hash = createHash('sha256');
  for (const table of all) {
    hash.update(`${table.name} ${table.columns.join()}\n`);
    for (const row of table.rows()) hash.update(`${JSON.stringify(row)}\n`);
  }
  return hash.digest('hex');
};

const column = (table: string, name: string): SampleValue[] => {
  const { columns, rows } = tables.get(table)!;
  const index = columns.indexOf(name);
  if (index < 0) throw new Error(`${table} has no column ${name}`);
  return rows.map((row) => row[index]!);
};

const toCents = (money: SampleValue | undefined): number => Math.round(Number(money) * 100);

/** Sums `value` by `key` over two columns of equal length. */
const sumBy = (keys: SampleValue[], values: number[]): Map<SampleValue, number> => {
  const sums = new Map<SampleValue, number>();
  for (const [i, key] of keys.entries()) sums.set(key, (sums.get(key) ?? 0) + values[i]!);
  return sums;
};

beforeAll(() => {
  const all = [...generateSampleCompany({ now: NOW })];
  tables = new Map(all.map((table) => [table.name, { columns: table.columns, rows: [...table.rows()] }]));
  digest = toHash(all);
}, 60_000);

describe('the sample company', () => {
  it('has the tables of schema.sql and 100,000 rows or more', () => {
    expect([...tables.keys()].sort()).toEqual(listCreated(readSql('schema')).tables.sort());
    expect(tables.size).toBeGreaterThanOrEqual(30);
    expect([...tables.values()].reduce((sum, table) => sum + table.rows.length, 0)).toBeGreaterThanOrEqual(
      100_000,
    );
  });

  it('says the true number of rows of every table before they are read', () => {
    for (const table of generateSampleCompany({ now: NOW })) {
      expect([table.name, table.rowCount]).toEqual([table.name, tables.get(table.name)!.rows.length]);
    }
  });

  it('is the same for the same seed and now, and another for another seed', () => {
    expect(toHash(generateSampleCompany({ now: NOW }))).toBe(digest);
    expect(toHash(generateSampleCompany({ now: NOW, seed: 7 }))).not.toBe(digest);
  }, 60_000);

  it('keeps every foreign key of constraints.sql', () => {
    const foreignKeys = listForeignKeys(readSql('constraints'));
    expect(foreignKeys.length).toBeGreaterThan(50);
    for (const key of foreignKeys) {
      const parents = key.parentColumns.map((name) => column(key.parentTable, name));
      const known = new Set(parents[0]!.map((_, i) => parents.map((values) => values[i]).join('|')));
      const children = key.columns.map((name) => column(key.table, name));
      const orphans = children[0]!.filter((_, i) => {
        const values = children.map((list) => list[i]);
        return !values.includes(null) && !known.has(values.join('|'));
      });
      expect({ key, orphans }).toEqual({ key, orphans: [] });
    }
  });

  it('has orders whose totals are the sums of their lines, in their currency and in dollars', () => {
    const ids = column('public.orders', 'id');
    const [subtotals, fees, taxes, totals, usd] = [
      'subtotal',
      'shipping_fee',
      'tax_amount',
      'total_amount',
      'total_usd',
    ].map((name) => column('public.orders', name).map(toCents));
    const rates = column('public.orders', 'exchange_rate').map(Number);
    const lines = sumBy(
      column('public.order_items', 'order_id'),
      column('public.order_items', 'line_total').map(toCents),
    );
    const wrong = ids.filter(
      (id, i) =>
        lines.get(id) !== subtotals![i] ||
        totals![i] !== subtotals![i]! + fees![i]! + taxes![i]! ||
        usd![i] !== Math.round(totals![i]! * rates[i]!),
    );
    expect(wrong).toEqual([]);
  });

  it('converts each order at the rate of its currency and month', () => {
    const month = column('public.exchange_rates', 'month').map(String);
    const currency = column('public.exchange_rates', 'currency_code');
    const rates = new Map(
      column('public.exchange_rates', 'usd_per_unit').map((rate, i) => [
        `${currency[i]} ${month[i]!.slice(0, 7)}`,
        rate,
      ]),
    );
    const placed = column('public.orders', 'placed_at').map(String);
    const own = column('public.orders', 'currency_code');
    const wrong = column('public.orders', 'exchange_rate').filter(
      (rate, i) => rates.get(`${own[i]} ${placed[i]!.slice(0, 7)}`) !== rate,
    );
    expect(wrong).toEqual([]);
  });

  it('counts no revenue for cancelled orders and some for every other line', () => {
    const ids = column('public.orders', 'id');
    const status = new Map(column('public.orders', 'status').map((value, i) => [ids[i], value]));
    const orderIds = column('public.order_items', 'order_id');
    const wrong = column('public.order_items', 'revenue_usd').filter(
      (revenue, i) => (toCents(revenue) === 0) !== (status.get(orderIds[i]!) === 'cancelled'),
    );
    expect(wrong).toEqual([]);
  });

  it('has stock that is never below zero and is what the movements add up to', () => {
    const keysOf = (table: string) => {
      const products = column(table, 'product_id');
      return column(table, 'warehouse_id').map((warehouse, i) => `${warehouse} ${products[i]}`);
    };
    const running = new Map<string, number>();
    const keys = keysOf('logistics.stock_movements');
    const below = column('logistics.stock_movements', 'quantity').filter((quantity, i) => {
      const sum = (running.get(keys[i]!) ?? 0) + Number(quantity);
      running.set(keys[i]!, sum);
      return sum < 0;
    });
    expect(below).toEqual([]);
    const levels = keysOf('logistics.stock_levels');
    const wrong = column('logistics.stock_levels', 'quantity_on_hand').filter(
      (onHand, i) => (running.get(levels[i]!) ?? 0) !== onHand,
    );
    expect(wrong).toEqual([]);
  });

  it('ships after the order was placed, delivers after shipping, and ships each line once', () => {
    const ids = column('public.orders', 'id');
    const placed = new Map(column('public.orders', 'placed_at').map((at, i) => [ids[i], String(at)]));
    const orderIds = column('logistics.shipments', 'order_id');
    const delivered = column('logistics.shipments', 'delivered_at');
    const wrong = column('logistics.shipments', 'shipped_at').filter(
      (at, i) =>
        String(at) < placed.get(orderIds[i]!)! ||
        (delivered[i] !== null && String(delivered[i]) < String(at)),
    );
    expect(wrong).toEqual([]);
    const items = column('logistics.shipment_items', 'order_item_id');
    expect(new Set(items).size).toBe(items.length);
  });

  it('refunds what the returned lines say, and only in the payments of their orders', () => {
    const refunds = column('public.returns', 'refund_amount');
    const ids = column('public.returns', 'id');
    const orderIds = column('public.returns', 'order_id');
    const lines = sumBy(
      column('public.return_items', 'return_id'),
      column('public.return_items', 'refund_amount').map(toCents),
    );
    const kinds = column('public.payments', 'kind');
    const paid = sumBy(
      column('public.payments', 'order_id'),
      column('public.payments', 'amount').map((amount, i) => (kinds[i] === 'refund' ? -toCents(amount) : 0)),
    );
    const wrong = ids.filter((id, i) => {
      const refund = refunds[i];
      if (refund === null) return (paid.get(orderIds[i]!) ?? 0) !== 0;
      return lines.get(id) !== toCents(refund) || paid.get(orderIds[i]!) !== toCents(refund);
    });
    expect(wrong).toEqual([]);
  });

  it('has a manager for every employee but one, without circles', () => {
    const ids = column('hr.employees', 'id');
    const manager = new Map(column('hr.employees', 'manager_id').map((boss, i) => [ids[i]!, boss]));
    expect([...manager.values()].filter((boss) => boss === null)).toHaveLength(1);
    for (const id of ids) {
      let steps = 0;
      for (let at: SampleValue = id; at !== null; at = manager.get(at)!) steps++;
      expect(steps).toBeLessThan(6);
    }
  });

  it('has nothing that happened after now, and orders up to the day before it', () => {
    const text = NOW.toISOString().replace('T', ' ');
    const late: string[] = [];
    for (const [name, { columns, rows }] of tables) {
      columns.forEach((columnName, i) => {
        if (!/_(on|at|from|to|date)$|^(month|ts_u)$/.test(columnName)) return;
        if (PLANNED.includes(columnName) || PLANNED.includes(`${name}.${columnName}`)) return;
        // A day compares by its day, a moment by its seconds.
        for (const row of rows) {
          const value = row[i];
          if (typeof value === 'string' && value.slice(0, 19) > text.slice(0, Math.min(19, value.length))) {
            late.push(`${name}.${columnName} ${value}`);
          }
        }
      });
    }
    expect(late).toEqual([]);
    const lastOrderMs = Date.parse(String(column('public.orders', 'placed_at').at(-1)));
    expect(NOW.getTime() - lastOrderMs).toBeLessThan(24 * 3_600_000);
  });
});

describe('toCopyText', () => {
  it('escapes what COPY would take for its own signs', () => {
    expect(['a\tb\\N\r\n', null, true, false, 0, ''].map(toCopyText)).toEqual([
      'a\\tb\\\\N\\r\\n',
      '\\N',
      't',
      'f',
      '0',
      '',
    ]);
  });
});
