import type { JoinTree } from './join-paths.js';
import type { Expression } from './query.js';
import { CannotRead } from './reading.js';
import type { Settled } from './settle-measures.js';
import type { TableInfo } from './vocabulary.js';

/** Never adds up what the joins repeat: keys are counted once instead; sums are refused. */
export function guardFanOut(
  { table, expression }: Settled,
  tree: JoinTree,
  groups: readonly Expression[],
): Expression {
  if (!tree.multiplies(table)) return expression;
  if (['count-distinct', 'count-all', 'column', 'bucket'].includes(expression.kind)) return expression;
  if (expression.kind === 'count-rows') {
    if (table.primaryKey.length === 0)
      throw new CannotRead(`${table.source.canonicalTableName} has no key to count its rows once.`, 4);
    return { kind: 'count-distinct', columns: table.primaryKey };
  }
  if (expression.kind === 'ratio' || expression.kind === 'change' || expression.kind === 'rank')
    throw new CannotRead('The ratio would count rows several times.', 5);
  if (expression.kind !== 'aggregate' && expression.kind !== 'product') return expression;
  if (isOncePerGroup(table, tree, groups)) return expression;
  if (expression.fn === 'min' || expression.fn === 'max') return expression;
  const column = expression.kind === 'aggregate' ? expression.column : expression.price;
  const through = tree.steps.find((s) => s.fansOut)?.to ?? tree.base;
  throw new CannotRead(
    `${column.source.canonicalColumnName} would be counted several times, because ${through.source.canonicalTableName} has many rows for one of ${table.source.canonicalTableName}.`,
    7,
  );
}

/**
 * "citations received by each author": papers and authors are connected by a table that holds nothing but their keys, so in the
 * group of one author each paper stands once, although it may stand in the groups of several.
 */
function isOncePerGroup(table: TableInfo, tree: JoinTree, groups: readonly Expression[]): boolean {
  const fans = tree.steps.filter((step) => step.fansOut);
  const [fan] = fans;
  if (fans.length !== 1 || fan!.from !== table || !isBridge(fan!.to)) return false;
  const behind = tree.steps.filter((step) => step.from === fan!.to).map((step) => step.to);
  const [owner] = behind;
  if (behind.length !== 1) return false;
  const keys = owner!.primaryKey.length > 0 ? [owner!.primaryKey, owner!.labels] : [owner!.labels];
  return keys.some(
    (columns) =>
      columns.length > 0 &&
      columns.every((column) => groups.some((group) => group.kind === 'column' && group.column === column)),
  );
}

/** Holds two keys of others and nothing else that a person would ask for. */
const isBridge = ({ columns }: TableInfo): boolean =>
  columns.length <= 3 && columns.filter((column) => column.isKey && column.refersTo).length === 2;
