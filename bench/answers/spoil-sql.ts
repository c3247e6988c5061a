import type { Behaviour } from '../../test/support/model-server.js';

/** The ways in which a model's first reply goes wrong. */
export const FAULTS = [
  'fences',
  'prose',
  'wrong column',
  'wrong table',
  'wrong dialect',
  'two statements',
  'missing join',
  'cut off',
] as const;
export type Fault = (typeof FAULTS)[number];

const fenced = (sql: string): string => `\`\`\`sql\n${sql}\n\`\`\``;
const text = (reply: string): Behaviour => ({ kind: 'text', text: reply });

/** The reply spoiled in this way, in one of its forms by turn; undefined where the SQL has nothing to spoil so. */
export function spoil(
  sql: string,
  needs: { tables: readonly string[]; columns: readonly string[] },
  fault: Fault,
  turn: number,
): Behaviour | undefined {
  const forms = formsOf(sql, needs, fault);
  return forms.length > 0 ? forms[turn % forms.length] : undefined;
}

function formsOf(
  sql: string,
  needs: { tables: readonly string[]; columns: readonly string[] },
  fault: Fault,
): Behaviour[] {
  switch (fault) {
    case 'fences':
      return [
        `\`\`\`\n${sql}\n\`\`\``,
        sql,
        `\`\`\`postgresql\n${sql}\n\`\`\`\n`,
        `\`\`\`json\n${JSON.stringify({ sql })}\n\`\`\``,
        `\`${sql}\``,
      ].map(text);
    case 'prose':
      return [
        `Sure! To answer this, we select the rows with the tables given.\n\n${fenced(sql)}\n\nThis query selects what you asked for; update the filter as you like.`,
        `Here is the query:\n\n${sql};\n\nIt joins the tables and groups the rows.`,
        `<think>The user wants rows. SELECT might do.</think>\n${fenced(sql)}`,
        `SQL: ${sql}`,
      ].map(text);
    case 'wrong column':
      return replaced(sql, needs.columns, (name) => `${name}_value`);
    case 'wrong table':
      return replaced(sql, needs.tables, (name) => `${name}_records`);
    case 'wrong dialect': {
      const [table] = needs.tables;
      const name = table?.split('.').at(-1) ?? '';
      return [
        new RegExp(`\\b(from|join)\\s+${name}\\b`, 'i').test(sql)
          ? sql.replace(new RegExp(`\\b(from|join)\\s+${name}\\b`, 'i'), `$1 \`${name}\``)
          : '',
        sql.replace(/^select\s+(?!distinct)/i, 'SELECT TOP 10 '),
        sql.replace(/^select\s+(?!distinct)/i, "SELECT IFNULL('a', 'b') AS note, "),
      ]
        .filter((spoiled) => spoiled !== '' && spoiled !== sql)
        .map((spoiled) => text(fenced(spoiled)));
    }
    case 'two statements':
      return [`SET search_path = public; ${sql}`, `${sql};\nSELECT 1`, `${sql};\n${sql}`].map((spoiled) =>
        text(fenced(spoiled)),
      );
    case 'missing join':
      return [...sql.matchAll(/\b(?:left |inner |right |full )?join\s+\w+(?:\s+(?:as\s+)?\w+)?\s+on\s/gi)]
        .map(({ 0: head, index }) => sql.slice(0, index) + afterCondition(sql, index + head.length))
        .filter((spoiled) => spoiled.length < sql.length)
        .map((spoiled) => text(fenced(spoiled)));
    case 'cut off':
      return [{ kind: 'finish-length' }, text(`\`\`\`sql\n${sql.slice(0, Math.ceil(sql.length * 0.7))}`)];
  }
}

function replaced(sql: string, names: readonly string[], change: (name: string) => string): Behaviour[] {
  return names.flatMap((canonical) => {
    const name = canonical.split('.').at(-1)!.replaceAll('"', '');
    const pattern = new RegExp(`(?<![\\w'])${name}(?![\\w'])`, 'gi');
    const spoiled = sql.replace(pattern, change);
    return spoiled === sql ? [] : [text(fenced(spoiled))];
  });
}

const NEXT_CLAUSE =
  /\b(join|left join|inner join|right join|full join|where|group by|order by|having|limit|union)\b|\)/gi;

/** What follows a join's condition: from the next clause outside of parentheses on. */
function afterCondition(sql: string, start: number): string {
  for (const { index } of sql.slice(start).matchAll(NEXT_CLAUSE)) {
    const before = sql.slice(start, start + index);
    if (before.split('(').length <= before.split(')').length) return sql.slice(start + index);
  }
  return '';
}
