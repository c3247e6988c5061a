import { describe, expect, it } from '@jest/globals';
import { extractSql } from '../../../domain/guard/extract-sql.js';
import { ANSWER_MARKERS } from '../../../domain/prompt/answer-format.js';

const SQL = 'SELECT count(*)\nFROM orders\nWHERE note = \'{"sql": "x"}\'';

describe('the SQL of a model’s reply', () => {
  it.each([
    ['bare', SQL, SQL],
    ['bare, with a semicolon', `${SQL};`, `${SQL};`],
    ['fenced', `\`\`\`sql\n${SQL}\n\`\`\``, SQL],
    ['fenced amid prose', `Sure! Select the orders:\n\n\`\`\`SQL\n${SQL}\n\`\`\`\nThis counts them.`, SQL],
    ['fenced as postgresql', `\`\`\`postgresql\n${SQL}\n\`\`\``, SQL],
    ['fenced without a language', `Here:\n\`\`\`\n${SQL}\n\`\`\``, SQL],
    ['fenced with waves and indented', `1. First:\n   ~~~sql\n${SQL}\n   ~~~`, SQL],
    ['in a fence that is cut off', `\`\`\`sql\n${SQL}`, SQL],
    ['in a fence closed on its last line', '```sql\nSELECT 1```', 'SELECT 1'],
    ['after a block of another language', `\`\`\`python\nprint(1)\n\`\`\`\n\`\`\`sql\n${SQL}\n\`\`\``, SQL],
    ['in the first of several blocks', '```sql\nSELECT 1\n```\nor\n```sql\nSELECT 2\n```', 'SELECT 1'],
    ['labelled', `SQL: ${SQL}`, SQL],
    ['labelled in bold', `**SQL Query:**\n\n${SQL};\n\nIt counts orders.`, `${SQL};`],
    ['after prose', `The query is:\n\n${SQL};\n\nHope this helps`, `${SQL};`],
    ['in backticks', '`SELECT 1`', 'SELECT 1'],
    ['JSON', JSON.stringify({ sql: SQL, interpretation: 'orders' }), SQL],
    ['JSON in a fence', `\`\`\`json\n${JSON.stringify({ query: SQL }, null, 2)}\n\`\`\``, SQL],
    ['JSON amid prose', `Here it is:\n${JSON.stringify({ sql: SQL })}\nDone.`, SQL],
    ['JSON with a fence in it', JSON.stringify({ sql: `\`\`\`sql\n${SQL}\n\`\`\`` }), SQL],
    [
      'after reasoning',
      `<think>SELECT 0? \`\`\`sql\nSELECT 0\n\`\`\`</think>\n\`\`\`sql\n${SQL}\n\`\`\``,
      SQL,
    ],
    ['several statements, for the guard to judge', 'DELETE FROM a;\nSELECT 1', 'DELETE FROM a;\nSELECT 1'],
    [
      'a common table expression',
      'WITH a AS (\n\n SELECT 1)\nSELECT * FROM a',
      'WITH a AS (\n\n SELECT 1)\nSELECT * FROM a',
    ],
    ['with lines of Windows', 'SQL:\r\nSELECT 1;\r\n\r\nDone', 'SELECT 1;'],
  ])('is found: %s', (_, reply, sql) => {
    expect(extractSql(reply)).toEqual({ sql });
  });

  it.each([
    [
      'JSON',
      '{"refusal": "schema_cannot_answer", "message": "No weather."}',
      'schema_cannot_answer',
      'No weather.',
    ],
    [
      'JSON, by its key',
      '```json\n{"ambiguous_question": "Net or gross?"}\n```',
      'ambiguous_question',
      'Net or gross?',
    ],
    [
      'JSON with an empty sql',
      '{"sql": "", "error": "cannot_answer", "reason": "No."}',
      'schema_cannot_answer',
      'No.',
    ],
    [
      'a line',
      'Sorry.\nschema_cannot_answer: there is no weather',
      'schema_cannot_answer',
      'there is no weather',
    ],
    ['a comment', '```sql\n-- AMBIGUOUS_QUESTION: net or gross?\n```', 'ambiguous_question', 'net or gross?'],
    ['other words', '**Cannot answer:** no such data', 'schema_cannot_answer', 'no such data'],
    [
      'the line that the prompt asks for',
      `${ANSWER_MARKERS.cannotAnswer} no sky`,
      'schema_cannot_answer',
      'no sky',
    ],
    ['its other line', `${ANSWER_MARKERS.ambiguous} net | gross`, 'ambiguous_question', 'net | gross'],
  ])('may be a refusal: %s', (_, reply, kind, message) => {
    expect(extractSql(reply)).toEqual({ refusal: { kind, message } });
  });

  it.each([
    ['nothing', ''],
    ['prose', 'I am not able to help with that, sorry.'],
    ['an empty block', '```sql\n\n```'],
    ['JSON of another kind', '{"answer": 42}'],
    ['only reasoning', '<think>SELECT 1</think>'],
  ])('is not made up out of %s', (_, reply) => {
    expect(extractSql(reply)).toBeUndefined();
  });

  it('keeps a statement that has a refusal’s words in a comment', () => {
    const sql = '-- schema_cannot_answer: not quite\nSELECT 1';
    expect(extractSql(`\`\`\`sql\n${sql}\n\`\`\``)).toEqual({ sql });
  });
});
