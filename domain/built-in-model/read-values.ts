import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo } from './schema-vocabulary.js';

/** One or more values of one column: "Toys", "Toys or Games", "Toys, Games and Books". */
export function parseValue(reader: LexemeReader): void {
  const first = reader.take('value')!;
  const values = [...first.values];
  for (;;) {
    const joint = jointsAt(reader);
    const next = reader.peek(joint);
    if (joint === 0 || next?.kind !== 'value' || next.column !== first.column) break;
    reader.at += joint + 1;
    values.push(...next.values.filter((value) => !values.includes(value)));
  }
  // "Berlin or orders …": an "or" between unlike things is left for the caller, which refuses it.
  pushValues(reader, first.column, values, true);
}

export function pushValues(
  reader: LexemeReader,
  column: ColumnInfo,
  values: string[],
  isExact: boolean,
): void {
  reader.reading.filters.push({
    kind: 'values',
    column,
    values,
    isExact,
    negated: reader.pendingNot,
    focus: reader.focus,
  });
  reader.pendingNot = false;
}

/** How many of `, or`, `,`, `or`, `and` come next: at most two. */
export function jointsAt(reader: LexemeReader): number {
  let joints = 0;
  while (joints < 2 && ['or', 'comma', 'and'].includes(reader.peek(joints)?.kind ?? '')) joints++;
  return joints;
}

/** A quoted text that is not a known value: the name of the thing spoken of beside it. */
export function parseQuoted(reader: LexemeReader): void {
  const quoted = reader.take('quoted')!;
  const before = reader.lexemes[reader.at - 2];
  const after = reader.peek();
  const table = before?.kind === 'table' ? before.table : after?.kind === 'table' ? after.table : null;
  const label = table?.labels.length === 1 ? table.labels[0] : undefined;
  if (!label) throw new CannotRead(`It is not clear in which column to look for "${quoted.text}".`, 4);
  pushValues(reader, label, [quoted.text], false);
}
