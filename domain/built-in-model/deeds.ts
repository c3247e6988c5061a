import type { Lexeme } from './lexeme.js';

const PARTICIPLE =
  /(?:ed|sold|bought|given|taken|written|paid|made|sent|won|lost|held|flown|driven|wrote|gave|took|taught)$/;

/** A table named by a verb rather than by its own noun: "sold" for sales, "billed" for bills. */
export function isDeed(lexeme: Lexeme | undefined): boolean {
  if (lexeme?.kind !== 'table') return false;
  const said = lexeme.words.toLowerCase();
  return PARTICIPLE.test(said) && !lexeme.table.words.some((word) => word.concept === said);
}
