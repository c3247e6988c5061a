import type { QueryDialect } from '../../contracts/data-source.js';
import { quoteIdentifier } from '../canonical-names.js';
import { duckDbIdentifier } from '../duckdb-identifier.js';
import { mysqlIdentifier } from '../mysql-identifier.js';
import type { TimeUnit } from './calendar.js';

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
  bucket(sql: string, unit: TimeUnit, column: DialectColumn): string;
  countDistinct(sqls: readonly string[]): string;
  /** True also where `sql` is null. */
  isOther(sql: string, value: string): string;
  /** Without regard to case. @param pattern of LIKE, with `\` before what stands for itself */
  matches(sql: string, pattern: string): string;
  /** Nulls last. */
  orderBy(sql: string, direction: 'asc' | 'desc'): string;
}

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
  bucket: (sql, unit, { isZoned }) =>
    `date_trunc('${unit}', ${isZoned ? `${sql} AT TIME ZONE 'UTC'` : sql})::date`,
  countDistinct: (sqls) => `count(DISTINCT ${sqls.length === 1 ? sqls[0] : `(${sqls.join(', ')})`})`,
  isOther: (sql, value) => `${sql} IS DISTINCT FROM ${value}`,
  matches: (sql, pattern) => `${sql} ILIKE ${POSTGRES.textLiteral(pattern)}`,
  orderBy: (sql, direction) => `${sql} ${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`,
};

/** For sessions whose time zone is UTC and in which a backslash escapes (activities/data-sources/mysql/session.ts). */
const MYSQL: SqlDialect = {
  identifier: mysqlIdentifier,
  table: (schema, name) => `${mysqlIdentifier(schema)}.${mysqlIdentifier(name)}`,
  textLiteral: (text) => `'${text.replaceAll('\u0000', '').replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  dayLiteral: (day, { isDay }) => (isDay ? `DATE '${day}'` : `TIMESTAMP '${day} 00:00:00'`),
  bucket: (sql, unit) => {
    switch (unit) {
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
  countDistinct: (sqls) => `count(DISTINCT ${sqls.join(', ')})`,
  isOther: (sql, value) => `NOT (${sql} <=> ${value})`,
  matches: (sql, pattern) => `lower(${sql}) LIKE lower(${MYSQL.textLiteral(pattern)})`,
  // Nulls come last in descending order anyway.
  orderBy: (sql, direction) => (direction === 'desc' ? `${sql} DESC` : `${sql} IS NULL, ${sql}`),
};

/** For sessions whose time zone is UTC; the tables of a question are in no schema that needs a name. */
const DUCKDB: SqlDialect = {
  ...POSTGRES,
  identifier: duckDbIdentifier,
  table: (_schema, name) => duckDbIdentifier(name),
  textLiteral: (text) => `'${text.replaceAll('\u0000', '').replaceAll("'", "''")}'`,
  bucket: (sql, unit, { isZoned }) =>
    `CAST(date_trunc('${unit}', ${isZoned ? `${sql} AT TIME ZONE 'UTC'` : sql}) AS DATE)`,
  countDistinct: (sqls) => `count(DISTINCT ${sqls.length === 1 ? sqls[0] : `(${sqls.join(', ')})`})`,
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
