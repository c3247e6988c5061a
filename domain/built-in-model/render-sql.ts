import type { JoinStep } from './join-paths.js';
import {
  type Condition,
  type ConditionalExpression,
  type Expression,
  type Query,
  sameExpression,
} from './query.js';
import type { SqlDialect } from './sql-dialect.js';
import type { ColumnInfo, Formula, Operand, TableInfo } from './vocabulary.js';

/** Short names of tables in one query. */
class Aliases {
  private readonly byTable = new Map<TableInfo, string>();
  private readonly taken: Set<string>;

  constructor(
    readonly dialect: SqlDialect,
    outer?: Aliases,
  ) {
    this.taken = new Set(outer?.taken);
    if (outer) for (const [table, name] of outer.byTable) this.byTable.set(table, name);
  }

  /** Initials of the table's words; longer, then numbered, when taken. */
  add(table: TableInfo): string {
    const words =
      table.words.length > 0 ? table.words.map((w) => w.concept) : [table.source.tableName.toLowerCase()];
    const letters = words.map((word) => word.replace(/[^a-z]/g, '')).filter((word) => word !== '');
    const initials = letters.map((word) => word[0]).join('') || 't';
    let name = initials;
    for (let n = 2; this.taken.has(name) || this.dialect.identifier(name) !== name; n++)
      name = `${initials}${n}`;
    this.taken.add(name);
    this.byTable.set(table, name);
    return name;
  }

  of(table: TableInfo): string {
    const name = this.byTable.get(table);
    if (name === undefined) throw new Error(`${table.source.canonicalTableName} is not in the query`);
    return name;
  }

  column(column: ColumnInfo): string {
    if (column.formula) return formulaSql(column.formula, this);
    return `${this.of(column.table)}.${this.dialect.identifier(column.source.name)}`;
  }

  /** `schema.table AS alias` */
  declare({ source }: TableInfo, alias: string): string {
    return `${this.dialect.table(source.schemaName, source.tableName)} AS ${alias}`;
  }
}

/** A computed column, in parentheses where it needs them. */
function formulaSql(formula: Formula, aliases: Aliases): string {
  const operand = (side: Operand): string =>
    typeof side === 'number' ? numberLiteral(side) : aliases.column(side);
  switch (formula.kind) {
    case 'arithmetic': {
      const [left, right] = [operand(formula.left), operand(formula.right)];
      return formula.op === '/'
        ? `(1.0 * ${left} / NULLIF(${right}, 0))`
        : `(${left} ${formula.op} ${right})`;
    }
    case 'span':
      return aliases.dialect.span(
        { sql: aliases.column(formula.from), ...formula.from },
        { sql: aliases.column(formula.to), ...formula.to },
        formula.unit,
      );
    case 'age':
      return aliases.dialect.age(aliases.column(formula.birth));
    case 'compare':
      return `(${operand(formula.left)} ${formula.op} ${operand(formula.right)})`;
    case 'same-time': {
      const [left, right] = [formula.left, formula.right].map((side) =>
        aliases.dialect.bucket(aliases.column(side), formula.unit, side),
      );
      return `(${left} = ${right})`;
    }
    case 'compare-all': {
      const { column, fn, op } = formula;
      const inner = new Aliases(aliases.dialect, aliases);
      const all = aliases.column(column);
      const from = inner.declare(column.table, inner.add(column.table));
      return `(${all} ${op} (SELECT ${fn}(${inner.column(column)}) FROM ${from}))`;
    }
  }
}

/** Digits without an exponent, as SQL wants them. */
const numberLiteral = (value: number): string =>
  /e/i.test(String(value))
    ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : String(value);

const isPlainText = (column: ColumnInfo): boolean =>
  /^(text|char|varchar|citext|bpchar|name|tinytext|mediumtext|longtext|enum)/i.test(column.source.dataType);

function expressionSql(expression: Expression, aliases: Aliases): string {
  switch (expression.kind) {
    case 'column':
      return aliases.column(expression.column);
    case 'bucket': {
      const { column, unit } = expression;
      return aliases.dialect.bucket(aliases.column(column), unit, column);
    }
    case 'count-rows':
      return 'count(*)';
    case 'count-all': {
      const inner = new Aliases(aliases.dialect, aliases);
      const from = inner.declare(expression.table, inner.add(expression.table));
      const where = expression.where.flatMap((condition) => conditionSql(condition, inner));
      return `(SELECT count(*) FROM ${from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''})`;
    }
    case 'count-distinct':
      return aliases.dialect.countDistinct(expression.columns.map((column) => aliases.column(column)));
    case 'aggregate':
      return `${expression.fn}(${aliases.column(expression.column)})`;
    case 'product':
      return `${expression.fn}(${aliases.column(expression.price)} * ${aliases.column(expression.quantity)})`;
    case 'change': {
      const now = expressionSql(expression.of, aliases);
      const before = `lag(${now}) OVER (ORDER BY ${expressionSql(expression.over, aliases)})`;
      return expression.scale === 'plain'
        ? `${now} - ${before}`
        : `${expression.scale}.0 * (${now} - ${before}) / NULLIF(${before}, 0)`;
    }
    case 'rank': {
      const by = aliases.dialect.orderBy(expressionSql(expression.of, aliases), expression.direction);
      return `rank() OVER (ORDER BY ${by})`;
    }
    case 'ratio': {
      const [top, bottom] = [expression.top, expression.bottom].map((part) => conditionalSql(part, aliases));
      return `${expression.scale}.0 * ${top} / NULLIF(${bottom}, 0)`;
    }
  }
}

/** An aggregate over the rows that meet conditions; CASE, which every dialect knows, instead of FILTER. */
function conditionalSql({ expression, where }: ConditionalExpression, aliases: Aliases): string {
  if (where.length === 0) return expressionSql(expression, aliases);
  const when = `CASE WHEN ${where.flatMap((condition) => conditionSql(condition, aliases)).join(' AND ')} THEN`;
  switch (expression.kind) {
    case 'count-rows':
      return `count(${when} 1 END)`;
    case 'count-distinct':
      return `count(DISTINCT ${when} ${aliases.column(expression.columns[0]!)} END)`;
    case 'aggregate':
      return `${expression.fn}(${when} ${aliases.column(expression.column)} END)`;
    case 'product':
      return `${expression.fn}(${when} ${aliases.column(expression.price)} * ${aliases.column(expression.quantity)} END)`;
    default:
      throw new Error(`${expression.kind} is no aggregate of rows`);
  }
}

function conditionSql(condition: Condition, aliases: Aliases): string[] {
  if (condition.kind === 'exists') return [existsSql(condition, aliases)];
  if (condition.kind === 'or') {
    const sides = condition.conditions.map((c) => conditionSql(c, aliases).join(' AND '));
    return [`(${sides.join(' OR ')})`];
  }
  const column = aliases.column(condition.column);
  const { dayLiteral, isOther, matches, textLiteral } = aliases.dialect;
  switch (condition.kind) {
    case 'values': {
      const folds = !condition.isExact && isPlainText(condition.column);
      const left = folds ? `lower(${column})` : column;
      const values = condition.values.map((v) => (folds ? `lower(${textLiteral(v)})` : textLiteral(v)));
      if (values.length === 1)
        return [condition.negated ? isOther(left, values[0]!) : `${left} = ${values[0]}`];
      const list = `${left} ${condition.negated ? 'NOT IN' : 'IN'} (${values.join(', ')})`;
      return [condition.negated ? `(${column} IS NULL OR ${list})` : list];
    }
    case 'compare':
      return [`${column} ${condition.op} ${numberLiteral(condition.value)}`];
    case 'between':
      return [`${column} BETWEEN ${numberLiteral(condition.low)} AND ${numberLiteral(condition.high)}`];
    case 'boolean':
      return [`${column} IS ${condition.value ? 'TRUE' : 'NOT TRUE'}`];
    case 'null':
      return [`${column} IS ${condition.isNull ? '' : 'NOT '}NULL`];
    case 'match': {
      const escaped = condition.text.replace(/[\\%_]/g, '\\$&');
      const pattern = { starts: `${escaped}%`, ends: `%${escaped}`, contains: `%${escaped}%` }[
        condition.mode
      ];
      return [matches(column, pattern)];
    }
    case 'time': {
      const { from, to } = condition.range;
      const parts: string[] = [];
      if (from) parts.push(`${column} >= ${dayLiteral(from, condition.column)}`);
      if (to) parts.push(`${column} < ${dayLiteral(to, condition.column)}`);
      const { weekdays, clock } = condition;
      if (weekdays)
        parts.push(`${aliases.dialect.isoWeekday(column, condition.column)} IN (${weekdays.join(', ')})`);
      const time = aliases.dialect.timeOfDay(column, condition.column);
      if (clock?.from) parts.push(`${time} >= '${clock.from}:00'`);
      if (clock?.to) parts.push(`${time} < '${clock.to}:00'`);
      const isOpen = condition.orEmpty && condition.column.source.isNullable;
      return isOpen ? [`(${column} IS NULL OR ${parts.join(' AND ')})`] : parts;
    }
  }
}

const onSql = (step: JoinStep, aliases: Aliases): string =>
  step.link.fromColumns
    .map((column, i) => {
      const other = step.link.toColumns[i]!;
      const [added, there] = step.link.from === step.to ? [column, other] : [other, column];
      return `${aliases.column(added)} = ${aliases.column(there)}`;
    })
    .join(' AND ');

function existsSql(condition: Extract<Condition, { kind: 'exists' }>, outer: Aliases): string {
  const aliases = new Aliases(outer.dialect, outer);
  const [first, ...rest] = condition.path;
  const lines = [`SELECT 1`, `FROM ${aliases.declare(first!.to, aliases.add(first!.to))}`];
  for (const step of rest) {
    lines.push(`JOIN ${aliases.declare(step.to, aliases.add(step.to))} ON ${onSql(step, aliases)}`);
  }
  const parts = [onSql(first!, aliases), ...condition.conditions.flatMap((c) => conditionSql(c, aliases))];
  lines.push(`WHERE ${parts.join(' AND ')}`);
  return `${condition.negated ? 'NOT ' : ''}EXISTS (\n${lines.map((line) => `    ${line}`).join('\n')}\n  )`;
}

/** The first rows of each group: ranked inside, chosen outside. */
function withinGroups(query: Query, lines: readonly string[], aliases: Aliases): string {
  const { identifier, orderBy } = aliases.dialect;
  const sql = (expression: Expression) => expressionSql(expression, aliases);
  const main = query.orderBy[0]!;
  const place = `rank() OVER (PARTITION BY ${query.partitionBy.map(sql).join(', ')} ORDER BY ${orderBy(sql(main.expression), main.direction)}) AS place_in_group`;
  const [head, select, ...rest] = lines.slice(0, -1);
  const inner = [head, `${select},\n  ${place}`, ...rest].join('\n').split('\n');
  const names = query.select.map(({ alias }) => identifier(alias));
  const groups = query.select.filter(({ expression }) =>
    query.partitionBy.some((group) => sameExpression(group, expression)),
  );
  return [
    'SELECT',
    names.map((name) => `  ${name}`).join(',\n'),
    'FROM (',
    ...inner.map((line) => `  ${line}`),
    ') AS ranked',
    `WHERE place_in_group <= ${query.limit ?? 1}`,
    `ORDER BY ${[...groups.map(({ alias }) => identifier(alias)), 'place_in_group'].join(', ')}`,
  ].join('\n');
}

/** Computed numbers that may have places after the point. */
const isFraction = (expression: Expression): boolean =>
  expression.kind === 'aggregate'
    ? expression.column.kind === 'number'
    : ['product', 'ratio', 'change'].includes(expression.kind) ||
      (expression.kind === 'column' && expression.column.formula?.kind === 'arithmetic');

/** Writes a query as one SELECT, one clause or item a line. */
export function renderSql(query: Query, dialect: SqlDialect): string {
  const { identifier } = dialect;
  const aliases = new Aliases(dialect);
  const from = [`FROM ${aliases.declare(query.base, aliases.add(query.base))}`];
  for (const step of query.joins) {
    const alias = aliases.add(step.to);
    from.push(
      `${step.isOptional ? 'LEFT ' : ''}JOIN ${aliases.declare(step.to, alias)} ON ${onSql(step, aliases)}`,
    );
  }
  const select = query.select.map(({ expression, alias }) => {
    const exact = expressionSql(expression, aliases);
    const isRounded = typeof query.decimals === 'number' && isFraction(expression);
    const sql = isRounded ? dialect.round(exact, query.decimals!) : exact;
    const isPlain =
      expression.kind === 'column' && !expression.column.formula && expression.column.source.name === alias;
    return isPlain ? sql : `${sql} AS ${identifier(alias)}`;
  });
  const lines = [
    `SELECT${query.isDistinct ? ' DISTINCT' : ''}`,
    select.map((item) => `  ${item}`).join(',\n'),
    ...from,
  ];
  const where = query.where.flatMap((condition) => conditionSql(condition, aliases));
  if (where.length > 0) lines.push(`WHERE ${where.join('\n  AND ')}`);
  if (query.groupBy.length > 0)
    lines.push(`GROUP BY ${query.groupBy.map((e) => expressionSql(e, aliases)).join(', ')}`);
  if (query.having.length > 0) {
    const parts = query.having.map(
      (h) => `${expressionSql(h.expression, aliases)} ${h.op} ${numberLiteral(h.value)}`,
    );
    lines.push(`HAVING ${parts.join(' AND ')}`);
  }
  if (query.orderBy.length > 0) {
    const parts = query.orderBy.map(({ expression, direction }) =>
      dialect.orderBy(expressionSql(expression, aliases), direction),
    );
    lines.push(`ORDER BY ${parts.join(', ')}`);
  }
  if (query.partitionBy.length > 0) return withinGroups(query, lines, aliases);
  if (query.limit !== null) lines.push(`LIMIT ${query.limit}`);
  if (query.countAs === null) return lines.join('\n');
  const inner = lines
    .join('\n')
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `SELECT count(*) AS ${identifier(query.countAs)}\nFROM (\n${inner}\n) AS ${identifier('groups')}`;
}
