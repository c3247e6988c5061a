/** The words of a SQL text in lower case, those in quotes too. */
export const sqlWords = (sql: string): ReadonlySet<string> => new Set(wordsOf(sql));

/**
 * Whether a name stands in the SQL, all its words anywhere. True for every table that the SQL reads, and now and then for one that it does
 * not: a column, a function or a text may be called the same.
 */
export const isNamedIn = (words: ReadonlySet<string>, name: string): boolean =>
  (wordsOf(name) ?? [name]).every((word) => words.has(word));

const wordsOf = (text: string): string[] | null => text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu);
