import type { QueryDialect } from '../../contracts/data-source.js';
import { quoteIdentifier } from '../canonical-names.js';
import { duckDbIdentifier } from '../duckdb-identifier.js';
import { mysqlIdentifier } from '../mysql-identifier.js';
import type { GroupUnit, SpanUnit } from './operators.js';

/** What of a column the spelling depends on. */
export interface DialectColumn {
  /** A timestamp with time zone. */
  isZoned: boolean;
  /** A date without time of day. */
  isDay: boolean;
}

/** How one kind of database spells what the built-in model writes. Arguments named `sql` are expressions, spelled already. */
export interface SqlDialect {
  /** Quoted only where it must be. */
  identifier(name: string): string;
  /** A table in FROM. */
  table(schema: string, name: string): string;
  /** A constant that means the same whatever the settings of the server say. */
  textLiteral(text: string): string;
  /** @param day `YYYY-MM-DD`; its beginning in UTC where the column has a time of day */
  dayLiteral(day: string, column: DialectColumn): string;
  /** The first day of the unit, as a date. */
  bucket(sql: string, unit: GroupUnit, column: DialectColumn): string;
  /** 1 for Monday to 7 for Sunday. */
  isoWeekday(sql: string, column: DialectColumn): string;
  timeOfDay(sql: string, column: DialectColumn): string;
  /** The time from one date to another as a number of units; without a unit as the database shows such times, or in seconds. */
  span(
    from: DialectColumn & { sql: string },
    to: DialectColumn & { sql: string },
    unit: SpanUnit | null,
  ): string;
  /** Whole years until today. */
  age(sql: string): string;
  countDistinct(sqls: readonly string[]): string;
  /** True also where `sql` is null. */
  isOther(sql: string, value: string): string;
  /** Without regard to case. @param pattern of LIKE, with `\` before what stands for itself */
  matches(sql: string, pattern: string): string;
  /** To places after the point. */
  round(sql: string, decimals: number): string;
  /** Nulls last. */
  orderBy(sql: string, direction: 'asc' | 'desc'): string;
}

/** Months and years are those of the mean calendar year. */
const SECONDS: Readonly<Record<SpanUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  year: 31_557_600,
};

const POSTGRES: SqlDialect = {
  identifier: quoteIdentifier,
  table: (schema, name) => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
  textLiteral: (text) => {
    const quoted = text.replaceAll('\u0000', '').replaceAll("'", "''");
    return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
  },
  dayLiteral: (day, { isDay, isZoned }) => {
    if (isDay) return `DATE '${day}'`;
    return isZoned ? `TIMESTAMPTZ '${day} 00:00:00+00'` : `TIMESTAMP '${day} 00:00:00'`;
  },
  bucket: (sql, unit, column) => {
    const inUtc = column.isZoned ? `${sql} AT TIME ZONE 'UTC'` : sql;
    if (unit === 'weekday') return POSTGRES.isoWeekday(sql, column);
    if (unit === 'weekday-name') return `to_char(${inUtc}, 'FMDay')`;
    if (unit === 'hour') return `EXTRACT(HOUR FROM ${inUtc})`;
    return `date_trunc('${unit}', ${inUtc})::date`;
  },
  isoWeekday: (sql, { isZoned }) => `EXTRACT(ISODOW FROM ${isZoned ? `${sql} AT TIME ZONE 'UTC'` : sql})`,
  timeOfDay: (sql, { isZoned }) => (isZoned ? `(${sql} AT TIME ZONE 'UTC')::time` : `${sql}::time`),
  span: (from, to, unit) => {
    if (unit === 'month' || unit === 'year') {
      const age = `age(${to.sql}, ${from.sql})`;
      const years = `EXTRACT(YEAR FROM ${age})`;
      return unit === 'year' ? years : `(${years} * 12 + EXTRACT(MONTH FROM ${age}))`;
    }
    if (unit === 'day' || (from.isDay && to.isDay)) {
      const [start, end] = [from, to].map(({ sql, isDay }) => (isDay ? sql : `${sql}::date`));
      return unit === null || unit === 'day'
        ? `(${end} - ${start})`
        : `((${end} - ${start}) * 86400.0 / ${SECONDS[unit]})`;
    }
    if (unit === null) return `(${to.sql} - ${from.sql})`;
    return `(EXTRACT(EPOCH FROM (${to.sql} - ${from.sql})) / ${SECONDS[unit]})`;
  },
  age: (sql) => `EXTRACT(YEAR FROM age(${sql}))`,
  countDistinct: (sqls) => `count(DISTINCT ${sqls.length === 1 ? sqls[0] : `(${sqls.join(', ')})`})`,
  isOther: (sql, value) => `${sql} IS DISTINCT FROM ${value}`,
  matches: (sql, pattern) => `${sql} ILIKE ${POSTGRES.textLiteral(pattern)}`,
  round: (sql, decimals) => `round((${sql})::numeric, ${decimals})`,
  orderBy: (sql, direction) => `${sql} ${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`,
};

/** For sessions whose time zone is UTC and in which a backslash escapes (activities/data-sources/mysql/session.ts). */
const MYSQL: SqlDialect = {
  identifier: mysqlIdentifier,
  table: (schema, name) => `${mysqlIdentifier(schema)}.${mysqlIdentifier(name)}`,
  textLiteral: (text) => `'${text.replaceAll('\u0000', '').replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  dayLiteral: (day, { isDay }) => (isDay ? `DATE '${day}'` : `TIMESTAMP '${day} 00:00:00'`),
  isoWeekday: (sql) => `weekday(${sql}) + 1`,
  timeOfDay: (sql) => `time(${sql})`,
  bucket: (sql, unit) => {
    switch (unit) {
      case 'weekday':
        return `weekday(${sql}) + 1`;
      case 'weekday-name':
        return `dayname(${sql})`;
      case 'hour':
        return `hour(${sql})`;
      case 'day':
        return `date(${sql})`;
      case 'week':
        return `date(${sql}) - INTERVAL weekday(${sql}) DAY`;
      case 'month':
        return `date(${sql}) - INTERVAL dayofmonth(${sql}) - 1 DAY`;
      case 'quarter':
        return `makedate(year(${sql}), 1) + INTERVAL quarter(${sql}) - 1 QUARTER`;
      case 'year':
        return `makedate(year(${sql}), 1)`;
    }
  },
  span: (from, to, unit) => {
    if (unit === 'month' || unit === 'year')
      return `timestampdiff(${unit.toUpperCase()}, ${from.sql}, ${to.sql})`;
    if (unit === 'day') return `datediff(${to.sql}, ${from.sql})`;
    return `(timestampdiff(SECOND, ${from.sql}, ${to.sql}) / ${SECONDS[unit ?? 'second']})`;
  },
  age: (sql) => `timestampdiff(YEAR, ${sql}, current_date())`,
  countDistinct: (sqls) => `count(DISTINCT ${sqls.join(', ')})`,
  isOther: (sql, value) => `NOT (${sql} <=> ${value})`,
  matches: (sql, pattern) => `lower(${sql}) LIKE lower(${MYSQL.textLiteral(pattern)})`,
  round: (sql, decimals) => `round(${sql}, ${decimals})`,
  // Nulls come last in descending order anyway.
  orderBy: (sql, direction) => (direction === 'desc' ? `${sql} DESC` : `${sql} IS NULL, ${sql}`),
};

/** For sessions whose time zone is UTC; the tables of a question are in no schema that needs a name. */
const DUCKDB: SqlDialect = {
  ...POSTGRES,
  identifier: duckDbIdentifier,
  table: (_schema, name) => duckDbIdentifier(name),
  textLiteral: (text) => `'${text.replaceAll('\u0000', '').replaceAll("'", "''")}'`,
  bucket: (sql, unit, column) => {
    const inUtc = column.isZoned ? `${sql} AT TIME ZONE 'UTC'` : sql;
    if (unit === 'weekday-name') return `dayname(${inUtc})`;
    if (unit === 'weekday' || unit === 'hour') return POSTGRES.bucket(sql, unit, column);
    return `CAST(date_trunc('${unit}', ${inUtc}) AS DATE)`;
  },
  age: (sql) => `EXTRACT(YEAR FROM age(CAST(${sql} AS TIMESTAMP)))`,
  countDistinct: (sqls) => `count(DISTINCT ${sqls.length === 1 ? sqls[0] : `(${sqls.join(', ')})`})`,
  round: (sql, decimals) => `round(${sql}, ${decimals})`,
  // Only MySQL and Postgres take a backslash for an escape without being told.
  matches: (sql, pattern) =>
    `${sql} ILIKE ${DUCKDB.textLiteral(pattern)}${pattern.includes('\\') ? " ESCAPE '\\'" : ''}`,
};

const DIALECTS: Readonly<Record<QueryDialect, SqlDialect>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  duckdb: DUCKDB,
};

export const sqlDialect = (dialect: QueryDialect): SqlDialect => DIALECTS[dialect];
