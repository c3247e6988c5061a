import { describe, expect, test } from '@jest/globals';
import type { SchemaContext } from '../../../contracts/schema-registry.js';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { TODAY, table } from './shop-schema.js';

/** A workshop: repairs of machines, with dates that are empty until something is done. */
const WORKSHOP: SchemaContext = {
  tables: [
    table('mechanic', 'mechanic_id* integer, full_name! text, phone text, mobile text'),
    table(
      'machine',
      'machine_id* integer, mach_name! text, serial_no! text, room_sqm numeric(6,1), keeper_id integer, bought_on! date',
    ),
    table(
      'repair',
      'repair_id* integer, machine_id integer, mechanic_id! integer, priority! text, reported_on! date, closed_on date, penalty_amt numeric(8,2), parts_cost numeric(8,2), labour_cost numeric(8,2)',
    ),
    table(
      'bill',
      'bill_id* integer, repair_id! integer, billed_on! date, paid_on date, sum_due! numeric(8,2)',
    ),
  ],
  foreignKeys: [
    ['machine.keeper_id', 'mechanic.mechanic_id'],
    ['repair.machine_id', 'machine.machine_id'],
    ['repair.mechanic_id', 'mechanic.mechanic_id'],
    ['bill.repair_id', 'repair.repair_id'],
  ].map(([from, to]) => {
    const [[fromTable, fromColumn], [toTable, toColumn]] = [from!.split('.'), to!.split('.')];
    return {
      name: `${fromTable}_${fromColumn}_fkey`,
      fromTable: `shop.${fromTable}`,
      fromColumns: [fromColumn!],
      toTable: `shop.${toTable}`,
      toColumns: [toColumn!],
    };
  }),
};

const sqlOf = (question: string): string => {
  const result = translateQuestion({
    question,
    context: WORKSHOP,
    today: TODAY,
    sampledValues: { 'shop.repair.priority': ['low', 'normal', 'urgent'] },
  });
  return result.outcome === 'sql' ? result.sql.replace(/\s+/g, ' ') : `refused: ${result.reason}`;
};

describe('what is not done yet lacks the date of its doing', () => {
  test.each([
    ['How many open repairs are there?', 'FROM shop.repair AS r WHERE r.closed_on IS NULL'],
    ['List all open urgent repairs', "WHERE r.closed_on IS NULL AND r.priority = 'urgent'"],
    ['Repairs that are still open', 'WHERE r.closed_on IS NULL'],
    ['How many unpaid bills are there?', 'FROM shop.bill AS b WHERE b.paid_on IS NULL'],
  ])('%s', (question, sql) => {
    expect(sqlOf(question)).toContain(sql);
  });

  test('it is declined where nothing says that the thing spoken of is done', () => {
    expect(sqlOf('How many open machines are there?')).toMatch(/^refused/);
    expect(sqlOf('How many unpaid repairs are there?')).toMatch(/^refused/);
  });
});

describe('what has something is no list of all', () => {
  test.each([
    'Mechanics with a phone number',
    'Which mechanics have a phone number?',
    'How many mechanics have a phone?',
  ])('%s', (question) => {
    expect(sqlOf(question)).toContain('FROM shop.mechanic AS m WHERE m.phone IS NOT NULL');
  });

  test('a comparison behind it stays a comparison', () => {
    expect(sqlOf('Repairs with a penalty over 100')).toContain('WHERE r.penalty_amt > 100');
  });
});

describe('amounts called by what they are for', () => {
  test('are added up, and the largest of them is the maximum', () => {
    expect(sqlOf('Total penalties per priority')).toMatch(/sum\(r\.penalty_amt\).*GROUP BY r\.priority/);
    expect(sqlOf('What is the largest penalty for each priority level?')).toMatch(
      /max\(r\.penalty_amt\).*GROUP BY r\.priority/,
    );
  });

  test('are not added up where their number is asked for', () => {
    expect(sqlOf('How many penalties were there?')).toMatch(/^refused/);
  });

  test('"how much" of many rows is one amount', () => {
    expect(sqlOf('How much of the repairs is labour cost minus parts cost?')).toMatch(/^SELECT sum\(/);
  });
});

test('the last n are chosen by the date that is said with them, or that the rows have', () => {
  expect(sqlOf('Show the last five reported repairs')).toMatch(/ORDER BY r\.reported_on DESC .*LIMIT 5$/);
  expect(sqlOf('Show the last 3 machines')).toMatch(/ORDER BY m\.bought_on DESC .*LIMIT 3$/);
});

test('months and years may be those of a date that is named', () => {
  expect(sqlOf('Number of repairs by month of closing')).toMatch(/date_trunc\('month', r\.closed_on\)/);
});

test('compared values have a number each', () => {
  expect(sqlOf('Compare the average penalty of urgent and low repairs')).toMatch(
    /^SELECT r\.priority, avg\(r\.penalty_amt\).*GROUP BY r\.priority/,
  );
  expect(sqlOf('Compare the machines')).toMatch(/^refused/);
});

test('"not linked to" is said of things without any of the others', () => {
  expect(sqlOf('How many repairs are not linked to a machine?')).toMatch(
    /FROM shop\.repair AS r WHERE NOT EXISTS \( SELECT 1 FROM shop\.machine/,
  );
});

test('who did the most is the one kind of person that the rows belong to, or that the verb names', () => {
  expect(sqlOf('Who made the most repairs?')).toMatch(/GROUP BY m\.full_name, m\.mechanic_id.* LIMIT 1$/);
  expect(sqlOf('Who keeps the most machines?')).toMatch(
    /JOIN shop\.mechanic AS \w+ ON \w+\.mechanic_id = m\w*\.keeper_id/,
  );
  expect(sqlOf('Who damaged the most machines?')).toMatch(/^refused/);
});

test('things are known by names that shorten what their table is called', () => {
  expect(sqlOf('Which machines have the most repairs?')).toContain('mach_name');
});

test('columns named `_no` are numbers, and those of areas may have a unit', () => {
  expect(sqlOf('Show the serial number and room of the machines')).toMatch(/serial_no.*room_sqm/);
});
