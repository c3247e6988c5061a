/** A count with the words that go with it: "1 cell holds", "2 cells hold". */
export const sayCount = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
