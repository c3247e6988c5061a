import { CannotRead } from './reading.js';
import type { ColumnInfo, Link, TableInfo, Vocabulary } from './vocabulary.js';

/** One join: from a table that is there to one that is added. */
export interface JoinStep {
  from: TableInfo;
  to: TableInfo;
  link: Link;
  /** One row of `from` may meet several of `to`. */
  fansOut: boolean;
  /** Rows of `from` stay where there is none of `to`. Default false. */
  isOptional?: boolean;
}

export interface PathChoice {
  /** Tables that the question names: paths through them are meant. */
  named: ReadonlySet<TableInfo>;
  /** Roots of the question's words, to tell `billing_address_id` from `shipping_address_id`. */
  roots: ReadonlySet<string>;
}

const LONGEST_PATH = 6;

const sameColumns = (a: readonly ColumnInfo[], b: readonly ColumnInfo[]): boolean =>
  a.length === b.length && a.every((column) => b.includes(column));

function stepsFrom(table: TableInfo, vocabulary: Vocabulary, withPeers: boolean): JoinStep[] {
  const steps: JoinStep[] = [];
  for (const link of vocabulary.links) {
    if (link.from === link.to || (link.isPeer && !withPeers)) continue;
    if (link.isPeer) {
      if (link.from === table) steps.push({ from: table, to: link.to, link, fansOut: true });
      else if (link.to === table) steps.push({ from: table, to: link.from, link, fansOut: true });
      continue;
    }
    if (link.from === table) steps.push({ from: table, to: link.to, link, fansOut: false });
    // A foreign key that is the whole primary key makes one row of each.
    else if (link.to === table) {
      steps.push({
        from: table,
        to: link.from,
        link,
        fansOut: !sameColumns(link.fromColumns, link.from.primaryKey),
      });
    }
  }
  return steps;
}

const stepCost = (step: JoinStep, choice: PathChoice): number =>
  (step.fansOut ? 1.5 : 1) +
  (step.link.implied ? 0.5 : 0) +
  (step.link.isPeer ? 3 : 0) -
  (choice.named.has(step.to) ? 0.6 : 0);

/** How many words of a foreign key's role ("billing") the question has. */
function roleScore(path: readonly JoinStep[], roots: ReadonlySet<string>): number {
  const words = path.flatMap(({ link }) => roleWords(link));
  return words.filter((root) => roots.has(root)).length;
}

/** Roots of the words that say what a foreign key is for, beyond the table it points to. */
export function roleWords(link: Link): string[] {
  // A name that both tables share tells no role.
  if (link.implied && link.fromColumns[0]!.source.name === link.toColumns[0]!.source.name) return [];
  const target = new Set([...link.to.words, ...link.to.aliasWords].map((word) => word.root));
  return link.fromColumns.flatMap((column) =>
    column.words
      .filter((w) => w.concept !== 'id' && w.concept !== 'by' && !target.has(w.root))
      .map((w) => w.root),
  );
}

/**
 * The cheapest path of joins, by foreign keys, null if there is none. Rows are better not multiplied on the way.
 * @throws CannotRead if several paths are as good and no word of the question decides.
 */
export function findPath(
  from: TableInfo,
  to: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
  withPeers = false,
): JoinStep[] | null {
  if (from === to) return [];
  let best: JoinStep[][] = [];
  let bestCost = Number.POSITIVE_INFINITY;
  const queue: { path: JoinStep[]; cost: number; at: TableInfo }[] = [{ path: [], cost: 0, at: from }];
  const cheapest = new Map<TableInfo, number>();
  while (queue.length > 0) {
    queue.sort((a, b) => a.cost - b.cost);
    const { path, cost, at } = queue.shift()!;
    if (cost > bestCost + 1e-9) break;
    if (at === to) {
      bestCost = cost;
      best.push(path);
      continue;
    }
    if ((cheapest.get(at) ?? Number.POSITIVE_INFINITY) < cost - 1e-9 || path.length >= LONGEST_PATH) continue;
    cheapest.set(at, Math.min(cost, cheapest.get(at) ?? cost));
    for (const step of stepsFrom(at, vocabulary, withPeers)) {
      if (step.to === from || path.some((p) => p.to === step.to)) continue;
      queue.push({ path: [...path, step], cost: cost + stepCost(step, choice), at: step.to });
    }
  }
  if (best.length > 1) {
    const scores = best.map((path) => roleScore(path, choice.roots));
    const top = Math.max(...scores);
    best = best.filter((_, i) => scores[i] === top);
  }
  if (best.length > 1) {
    const ways = best.map((path) => sayPath(path)).join('; or ');
    throw new CannotRead(
      `${from.source.canonicalTableName} and ${to.source.canonicalTableName} are connected in several ways: ${ways}. Name one of them.`,
      6,
    );
  }
  if (best[0]) refuseLoosePath(from, to, best[0], bestCost, vocabulary, choice);
  return best[0] ?? null;
}

/** A longer path by keys that are never empty is as likely as one through rows that may lack the key, unless those are spoken of. */
const LONGER_PATH = 1.5;

function refuseLoosePath(
  from: TableInfo,
  to: TableInfo,
  path: readonly JoinStep[],
  cost: number,
  vocabulary: Vocabulary,
  choice: PathChoice,
): void {
  const middle = path.find(
    (step, i) => step.fansOut && path[i + 1]?.fansOut === false && isLoose(step, path[i + 1]!),
  )?.to;
  if (!middle || middle.words.some((word) => choice.roots.has(word.root))) return;
  const links = vocabulary.links.filter((link) => link.from !== middle && link.to !== middle);
  const other = findPath(from, to, { ...vocabulary, links }, choice);
  if (!other || other.some((step) => step.link.fromColumns.some((column) => column.source.isNullable)))
    return;
  const otherCost = other.reduce((sum, step) => sum + stepCost(step, choice), 0);
  if (otherCost > cost + LONGER_PATH) return;
  throw new CannotRead(
    `${from.source.canonicalTableName} and ${to.source.canonicalTableName} are connected in several ways: ${sayPath(path)}; or ${sayPath(other)}. Name one of them.`,
    6,
  );
}

const isLoose = (...steps: JoinStep[]): boolean =>
  steps.some(({ link }) => link.fromColumns.some((column) => column.source.isNullable));

const sayPath = (path: readonly JoinStep[]): string =>
  path
    .map(({ link }) => link.fromColumns.map((column) => column.source.canonicalColumnName).join(' + '))
    .join(', ');

/** Collects the joins that a query needs, starting from its base table. */
export class JoinTree {
  readonly steps: JoinStep[] = [];

  constructor(
    readonly base: TableInfo,
    private readonly vocabulary: Vocabulary,
    private readonly choice: PathChoice,
  ) {}

  has(table: TableInfo): boolean {
    return table === this.base || this.steps.some((step) => step.to === table);
  }

  /** Joins a table and what lies between. @throws CannotRead if it cannot be reached, or not in one way. */
  add(table: TableInfo, via: TableInfo = this.base): void {
    if (this.has(table)) {
      if (via !== this.base && !this.pathTo(table).some((step) => step.from === via || step.to === via))
        throw new CannotRead(`${table.source.canonicalTableName} would be needed in two roles at once.`, 5);
      return;
    }
    if (via !== this.base) this.add(via);
    const path = findPath(via, table, this.vocabulary, this.choice);
    if (!path) {
      throw new CannotRead(
        `No foreign keys connect ${this.base.source.canonicalTableName} and ${table.source.canonicalTableName}.`,
        3,
      );
    }
    for (const step of path) {
      const there = this.steps.find((s) => s.to === step.to);
      if (there && there.link !== step.link) {
        throw new CannotRead(`${step.to.source.canonicalTableName} would be needed in two roles at once.`, 5);
      }
      if (step.to === this.base)
        throw new CannotRead(`${step.to.source.canonicalTableName} would be needed in two roles at once.`, 5);
      if (!there) this.steps.push(step);
    }
  }

  /** Whether one row of a joined table (or the base) may come several times in the joined rows. */
  multiplies(table: TableInfo): boolean {
    if (this.steps.some((step) => step.fansOut)) return this.isMultipliedBelow(table);
    return table !== this.base && this.pathTo(table).some((step) => !isOneToOne(step));
  }

  private isMultipliedBelow(table: TableInfo): boolean {
    const path = new Set(this.pathTo(table));
    // Every join but those down to the table itself, which only choose its rows, multiplies when it fans out.
    const outside = this.steps.filter((step) => !path.has(step)).some((step) => step.fansOut);
    const climbs = [...path].some((step) => !step.fansOut && !isOneToOne(step));
    return outside || climbs;
  }

  private pathTo(table: TableInfo): JoinStep[] {
    const path: JoinStep[] = [];
    for (let at = table; at !== this.base; ) {
      const step = this.steps.find((s) => s.to === at);
      if (!step) break;
      path.unshift(step);
      at = step.from;
    }
    return path;
  }

  /**
   * Makes joins optional that are there only for what they show, and that would leave rows out: by a key that may be empty, or behind
   * such a join.
   * @param needed tables that conditions, orders and the question itself speak of
   */
  keepRows(needed: ReadonlySet<TableInfo>): void {
    for (const step of this.steps) {
      const isBehind = this.steps.some(({ isOptional, to }) => isOptional === true && to === step.from);
      const mayMiss = isBehind || (!step.fansOut && step.link.fromColumns.some((c) => c.source.isNullable));
      if (mayMiss && !this.#leadsTo(step, needed)) step.isOptional = true;
    }
  }

  /**
   * Makes the joins down to tables of many rows for one of the base optional; false, and nothing changed, where other joins have many
   * rows for one as well, or where those do not.
   */
  keepParents(children: ReadonlySet<TableInfo>): boolean {
    const down = new Set([...children].flatMap((child) => this.pathTo(child)));
    if (!this.steps.every((step) => step.fansOut === down.has(step))) return false;
    for (const step of down) step.isOptional = true;
    return true;
  }

  #leadsTo(step: JoinStep, needed: ReadonlySet<TableInfo>): boolean {
    return (
      needed.has(step.to) || this.steps.some((next) => next.from === step.to && this.#leadsTo(next, needed))
    );
  }

  get cost(): number {
    return this.steps.reduce(
      (sum, step) => sum + (step.fansOut ? 1.3 : 1) + (step.link.implied ? 0.5 : 0),
      0,
    );
  }
}

const isOneToOne = (step: JoinStep): boolean =>
  step.link.from === step.from && sameColumns(step.link.fromColumns, step.link.from.primaryKey);
