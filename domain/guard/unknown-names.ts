import { QuaestorError } from '../../contracts/quaestor-error.js';
import { nearestNames } from './nearest-names.js';
import { type GuardTable, MAX_UNKNOWN_NAMES, type UnknownName } from './verdict.js';

const MAX_SUGGESTIONS = 3;

/** The names of one query that nothing has, told all at once so that one repair can mend them all. */
export class UnknownNames {
  readonly #byName = new Map<string, UnknownName>();
  readonly #tables: readonly GuardTable[];
  readonly #prefix: string;
  readonly #spelled: (canonicalName: string) => string;

  /**
   * @param tables whose columns may be suggested
   * @param prefix begins the refusal: `Not in the index`
   * @param spelled a canonical name as the dialect writes it
   */
  constructor(tables: readonly GuardTable[], prefix: string, spelled = (name: string): string => name) {
    this.#tables = tables;
    this.#prefix = prefix;
    this.#spelled = spelled;
  }

  /** Suggests tables of that name in any schema, then those with a name like it. */
  addTable(asWritten: string, table: string): void {
    const wanted = table.toLowerCase();
    const found = [
      ...this.#tables.filter(({ tableName }) => tableName.toLowerCase() === wanted),
      ...nearestNames(table, this.#tables, ({ tableName }) => tableName),
    ];
    this.add(
      'table',
      asWritten,
      found.map((each) => each.canonicalTableName),
    );
  }

  /** @param asWritten the name as the SQL has it; `suggestions` are canonical names, best first */
  add(kind: UnknownName['kind'], asWritten: string, suggestions: Iterable<string>): void {
    if (this.#byName.size >= MAX_UNKNOWN_NAMES) return;
    const best = [...new Set(suggestions)].slice(0, MAX_SUGGESTIONS).map(this.#spelled);
    this.#byName.set(`${kind} ${asWritten}`, { kind, name: asWritten, suggestions: best });
  }

  /**
   * Suggests columns of tables in view with a name like it, then columns of that name anywhere, else the likest anywhere.
   * @param near tables that are in view where the column stands
   */
  addColumn(asWritten: string, column: string, near: readonly GuardTable[]): void {
    if (this.#byName.size >= MAX_UNKNOWN_NAMES) return;
    const all = columnsOf(this.#tables);
    const wanted = column.toLowerCase();
    const found = [
      ...nearestNames(column, columnsOf(near), nameOf),
      ...all.filter(({ name }) => name.toLowerCase() === wanted),
    ];
    if (found.length === 0) found.push(...nearestNames(column, all, nameOf));
    this.add(
      'column',
      asWritten,
      found.map((each) => each.canonicalColumnName),
    );
  }

  /** @throws QuaestorError `sql_unknown_table` with `details.unknown` when there is one */
  throwIfAny(): void {
    if (this.#byName.size === 0) return;
    const unknown = [...this.#byName.values()];
    const names = unknown.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    throw new QuaestorError('sql_unknown_table', `${this.#prefix}: ${names}.`, { details: { unknown } });
  }
}

const columnsOf = (tables: readonly GuardTable[]) => tables.flatMap((table) => table.columns);
const nameOf = ({ name }: { name: string }): string => name;
