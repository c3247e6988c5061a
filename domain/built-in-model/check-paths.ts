import { findPath, type JoinStep, type PathChoice } from './join-paths.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';
import { rootOf } from './words.js';

const TRADING = new Set(
  ['buy', 'bought', 'purchase', 'purchased', 'sell', 'sold', 'order', 'ordered'].map(rootOf),
);
const TRADES = new Set(['order', 'sale', 'purchase', 'invoice', 'transaction', 'cart', 'basket']);

/** "customers who never bought a product" says nothing of the products that they reviewed. */
export function checkTrade(path: readonly JoinStep[], { named, roots }: PathChoice): void {
  const between = path.slice(0, -1).map((step) => step.to);
  const isTrade = [...TRADING].some((root) => roots.has(root));
  const fits =
    path.some(({ to }) => named.has(to) && between.includes(to)) ||
    path.some(({ to }) => to.words.some((word) => TRADES.has(word.concept)));
  if (between.length > 0 && isTrade && !fits)
    throw new CannotRead(`${between[0]!.source.canonicalTableName} does not say what was bought or sold.`, 4);
}

/** Things that only belong to the same third thing are not each other's: there being none of them says nothing. */
export function checkDescent(path: readonly JoinStep[]): void {
  const up = path.findIndex((step) => !step.fansOut);
  if (up >= 0 && path.slice(up).some((step) => step.fansOut))
    throw new CannotRead(
      `${path.at(-1)!.to.source.canonicalTableName} do not belong to ${path[0]!.from.source.canonicalTableName}.`,
      4,
    );
}

/** "parks with animals": that both are in one district says nothing of them, unless the question speaks of districts. */
export function checkSharing(path: readonly JoinStep[], { roots }: PathChoice): void {
  const isShared = ({ link }: JoinStep) =>
    link.implied && link.fromColumns[0]!.source.name === link.toColumns[0]!.source.name;
  const isSaid = ({ link }: JoinStep) => link.fromColumns[0]!.words.some((word) => roots.has(word.root));
  const isSibling = path.length > 1 || path[0]!.link.isPeer;
  // "states with a river": that a river is in the same country says nothing of the state.
  const loose = path.find((step) => step.link.isPeer && isShared(step) && !isSaid(step));
  if (path.length > 1 && loose)
    throw new CannotRead(
      `${loose.from.source.canonicalTableName} and ${loose.to.source.canonicalTableName} only share ${loose.link.fromColumns[0]!.source.name}.`,
      4,
    );
  if (isSibling && path.every((step) => isShared(step) && !isSaid(step))) {
    const { source } = path[0]!.link.fromColumns[0]!;
    throw new CannotRead(
      `${path[0]!.from.source.canonicalTableName} and ${path.at(-1)!.to.source.canonicalTableName} only share ${source.name}.`,
      4,
    );
  }
}

/** "gyms with a sauna" says nothing of the plans of their members, where plans are not spoken of. */
export function checkOwnFlag(
  { source, table }: ColumnInfo,
  base: TableInfo,
  vocabulary: Vocabulary,
  choice: PathChoice,
): void {
  if (table === base || choice.named.has(table)) return;
  const path = findPath(base, table, vocabulary, choice) ?? [];
  const down = path.findIndex((step) => step.fansOut);
  if (down >= 0 && path.slice(down).some((step) => !step.fansOut))
    throw new CannotRead(`${source.canonicalColumnName} is not of ${base.source.canonicalTableName}.`, 4);
}
