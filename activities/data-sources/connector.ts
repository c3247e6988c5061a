import type { DataSourceKind } from '../../contracts/data-source.js';
import type { Cell, ResultColumn } from '../../contracts/question.js';
import type { JoinEnds } from '../../contracts/schema-joins.js';
import type { ForeignKey, RegistryTable } from '../../contracts/schema-registry.js';
import type { JoinProbe } from '../../domain/joins/score-joins.js';

/**
 * The one seam between Quaestor and a kind of database. All that knows a driver, a catalog or an error code of a server is behind
 * it; what comes out are registry tables, cells, and errors of the catalogue (`data_source_…`, `query_…`).
 * Each method takes one connection for as long as `work` runs. When `signal` is aborted, what runs on the server is cancelled
 * there, and the signal's reason is thrown.
 */
export interface Connector {
  /** Opens the catalog for reading: one read-only snapshot where the server can give one. */
  withCatalog<Result>(
    access: SourceAccess,
    work: (catalog: CatalogReader) => Promise<Result>,
  ): Promise<Result>;
  /** Opens a connection for sampling values; each table is a bounded statement of its own. */
  withSampler<Result>(
    access: SourceAccess,
    work: (sampler: ValueSampler) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Prices a query and, when `shouldRun` agrees, runs it: read-only, with a statement timeout on the server. At most
   * LIMITS.resultRows rows and LIMITS.resultBytes bytes are kept; one more of either sets `truncated`.
   */
  explainAndRun(
    request: QueryRequest,
    shouldRun: (plan: QueryPlan) => boolean | Promise<boolean>,
  ): Promise<ExplainedQuery>;
  /** Closes idle connections and waits for those in use. */
  close(): Promise<void>;
}

export type Connectors = Readonly<Record<DataSourceKind, Connector>>;

export interface SourceAccess {
  connectionString: string;
  signal: AbortSignal;
}

export interface CatalogReader {
  /** Schemas that hold tables but are closed to this user. */
  findSkippedSchemas(includeSchemas: readonly string[]): Promise<string[]>;
  /** Tables and views that the user may read, with their columns, in pages by name; a fixed number of statements a page. */
  readTables(includeSchemas: readonly string[]): AsyncIterable<RegistryTable[]>;
  /** Foreign keys between columns that the user may read. */
  readForeignKeys(includeSchemas: readonly string[]): Promise<ForeignKey[]>;
}

export interface TableSample {
  /** By canonical column name. */
  values: Record<string, string[]>;
  /** Columns left alone because their names or values look personal. */
  withheld: number;
}

export interface ValueSampler {
  /**
   * Distinct values of the text columns of one table, where they are few and short. Undefined where there is nothing to read.
   * @throws QuaestorError when the table refuses or takes too long; the connection can be used on.
   */
  sampleTable(table: RegistryTable): Promise<TableSample | undefined>;
  /**
   * Looks values of one end of a join up at the other; `withReach` (of one column of whole numbers) also how far they go. Absent where the kind of database has no such look: joins are
   * then inferred from names alone.
   * @throws QuaestorError when a table refuses or takes too long; the connection can be used on.
   */
  probeJoin?: (join: JoinEnds, options: { withReach: boolean }) => Promise<JoinProbe>;
}

export interface QueryPlan {
  /** The planner's total cost, in its own units. */
  estimatedCost: number;
  estimatedRows: number;
  /** What EXPLAIN printed, for people; left out where it is long. */
  explained?: unknown;
}

export interface QueryResult {
  columns: ResultColumn[];
  rows: Cell[][];
  truncated: boolean;
}

export interface QueryRequest extends SourceAccess {
  /** As the guard accepted it. */
  sql: string;
  /** The same, limited from outside to one row more than is kept. */
  limitedSql: string;
  statementTimeoutMs: number;
  /**
   * Statements of one row of whole numbers, about the same rows; asked for when the query has run and not all of its rows were too
   * many. They run in the same transaction, each only if EXPLAIN says that it is cheap. Default: none.
   */
  countsWanted?: () => Promise<readonly string[]>;
}

export interface ExplainedQuery {
  plan: QueryPlan;
  explainMs: number;
  /** Absent when `shouldRun` said no. */
  result?: QueryResult;
  queryMs: number;
  /** What `countsWanted` asked for, by statement; those that would take long, or were refused, are missing. */
  counts?: ReadonlyMap<string, readonly number[]>;
}
