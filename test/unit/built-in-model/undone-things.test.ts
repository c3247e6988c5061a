import { describe, expect, test } from '@jest/globals';
import type { SchemaContext } from '../../../contracts/schema-registry.js';
import { sqlOver } from './one-line-sql.js';
import { key, table } from './shop-schema.js';

/** A workshop: repairs of machines, with dates that are empty until something is done. */
const WORKSHOP: SchemaContext = {
  tables: [
    table('mechanic', 'mechanic_id* integer, full_name! text, phone text, mobile text, birth_date! date'),
    table(
      'machine',
      'machine_id* integer, mach_name! text, serial_no! text, room_sqm numeric(6,1), keeper_id integer, bought_on! date, expires_on date, wheels integer, hall_id! integer',
    ),
    table(
      'repair',
      'repair_id* integer, machine_id integer, mechanic_id! integer, priority! text, stage! text, reported_on! date, closed_on date, penalty_amt numeric(8,2), parts_cost numeric(8,2), labour_cost numeric(8,2)',
    ),
    table(
      'bill',
      'bill_id* integer, repair_id! integer, billed_on! date, paid_on date, sum_due! numeric(8,2)',
    ),
    table('fine', 'fine_id* integer, machine_id! integer, amount! numeric(8,2)'),
    table('hall', 'hall_id* integer, hall_name! text'),
    table('crew', 'crew_id* integer, team_id! integer, mechanic_id! integer'),
    table('team', 'team_id* integer, hall_id! integer'),
  ],
  foreignKeys: [
    key('machine.hall_id', 'hall.hall_id'),
    key('fine.machine_id', 'machine.machine_id'),
    key('crew.team_id', 'team.team_id'),
    key('crew.mechanic_id', 'mechanic.mechanic_id'),
    key('team.hall_id', 'hall.hall_id'),
    key('machine.keeper_id', 'mechanic.mechanic_id'),
    key('repair.machine_id', 'machine.machine_id'),
    key('repair.mechanic_id', 'mechanic.mechanic_id'),
    key('bill.repair_id', 'repair.repair_id'),
  ],
};

const sqlOf = sqlOver(WORKSHOP, {
  'shop.repair.priority': ['low', 'normal', 'urgent'],
  'shop.repair.stage': ['reported', 'closed'],
});

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
  expect(sqlOf('Number of bills by month of billing')).toMatch(/date_trunc\('month', b\.billed_on\)/);
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

describe('times are those of what is said to have happened', () => {
  test('a state with a date of its own is that date', () => {
    expect(sqlOf('Repairs that were closed in 2024')).toMatch(
      /WHERE r\.closed_on >= DATE '2024-01-01' AND r\.closed_on < DATE '2025-01-01'/,
    );
    expect(sqlOf('Repairs that were closed in 2024')).not.toContain("'closed'");
  });

  test('one time behind two things done is declined', () => {
    expect(sqlOf('How many repairs were reported and closed in 2024?')).toMatch(/^refused/);
  });

  test('a day that may still come does not say that it is past', () => {
    expect(sqlOf('Which machines have expired?')).toContain("WHERE m.expires_on < DATE '2025-11-23'");
  });

  test('nothing happens on the day of a birth but the birth', () => {
    expect(sqlOf('Which mechanics left in 2024?')).toMatch(/^refused/);
  });
});

test('the average of sums of money is not an average of their number', () => {
  expect(sqlOf('Average fine per machine')).toMatch(/^refused/);
});

test('"a and their b" shows both, or is declined', () => {
  expect(sqlOf('List the machines and their repairs')).toMatch(/^refused/);
  expect(sqlOf('List the repairs and their machines')).toMatch(/mach_name.*LEFT JOIN shop\.machine/);
});

test('groups by a number that a column holds', () => {
  expect(sqlOf('Average room of machines by number of wheels')).toMatch(
    /^SELECT m\.wheels, avg\(m\.room_sqm\).*GROUP BY m\.wheels/,
  );
});

test('a path through rows that may lack their key is not preferred to one by keys that are never empty', () => {
  expect(sqlOf('How many mechanics are there per hall?')).toMatch(/^refused.*connected in several ways/);
});
