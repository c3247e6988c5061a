import type { SchemaContext } from '../../../contracts/schema-registry.js';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { SHOP, SHOP_VALUES, TODAY } from './shop-schema.js';

/** The SQL on one line, or `refused: …` with the reason. */
export const oneLine = (result: ReturnType<typeof translateQuestion>): string =>
  result.outcome === 'sql' ? result.sql.replace(/\s+/g, ' ') : `refused: ${result.reason}`;

/** Translates questions about a schema to SQL on one line. Today is 2025-11-23. */
export const sqlOver =
  (context: SchemaContext, sampledValues: Readonly<Record<string, readonly string[]>>) =>
  (question: string): string =>
    oneLine(translateQuestion({ question, context, today: TODAY, sampledValues }));

/** Over the made-up shop. */
export const shopSql = sqlOver(SHOP, SHOP_VALUES);
