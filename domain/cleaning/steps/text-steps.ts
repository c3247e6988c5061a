import type { CleaningStep } from '../../../contracts/cleaning.js';
import { quoteLiteral } from '../../datasets/sql-text.js';
import type { StepDefinition } from '../compiled-step.js';
import { changeColumns } from '../step-columns.js';
import { trimmed, trimmedAndCollapsed } from '../white-space.js';
import { asText, isText } from '../working-column.js';

type Step<Kind extends CleaningStep['kind']> = Extract<CleaningStep, { kind: Kind }>;

export const trim: StepDefinition<Step<'trim'>> = {
  compile: (step, context) =>
    changeColumns(context, step.columns, 'trimmed', ({ id, type }) => {
      if (!isText(type)) return undefined;
      return { sql: step.collapse ? trimmedAndCollapsed(id) : trimmed(id) };
    }),
};

export const changeCase: StepDefinition<Step<'change-case'>> = {
  compile: (step, context) =>
    changeColumns(context, step.columns, 'case_changed', ({ id, type }) => {
      if (!isText(type)) return undefined;
      if (step.to !== 'title') return { sql: `${step.to}(${id})` };
      const words = `list_transform(string_split(lower(${id}), ' '), lambda w: upper(w[1]) || w[2:])`;
      return { sql: `array_to_string(${words}, ' ')` };
    }),
};

export const replaceValues: StepDefinition<Step<'replace-values'>> = {
  compile: (step, context) =>
    changeColumns(context, [step.column], 'replaced', (column) => {
      const cases = step.values.map(({ from, to }) => {
        const value = to === null ? 'NULL' : isText(column.type) ? quoteLiteral(to) : cast(to, column.type);
        return `WHEN ${quoteLiteral(from)} THEN ${value}`;
      });
      return { sql: `CASE ${asText(column)} ${cases.join(' ')} ELSE ${column.id} END` };
    }),
};

const cast = (text: string, type: string): string => `TRY_CAST(${quoteLiteral(text)} AS ${type})`;

export const nullWords: StepDefinition<Step<'null-words'>> = {
  compile: (step, context) => {
    const words = [...new Set(step.words.map((word) => word.trim().toLowerCase()))]
      .map(quoteLiteral)
      .join(', ');
    return changeColumns(context, step.columns, 'null_word', ({ id, type }) =>
      isText(type)
        ? { sql: `CASE WHEN lower(${trimmed(id)}) IN (${words}) THEN NULL ELSE ${id} END` }
        : undefined,
    );
  },
};

export const mask: StepDefinition<Step<'mask'>> = {
  compile: (step, context) =>
    changeColumns(context, step.columns, 'masked', (column) => {
      const text = asText(column);
      if (step.method === 'hash')
        return { sql: `sha256(${quoteLiteral(step.salt ?? '')} || ${text})`, type: 'VARCHAR' };
      const keep = step.keepLast ?? 0;
      // A text no longer than what is kept would not be masked at all.
      const shown = `CASE WHEN length(${text}) > ${keep * 2} THEN right(${text}, ${keep}) ELSE '' END`;
      const hidden = keep > 0 ? `'***' || ${shown}` : `'***'`;
      return { sql: `CASE WHEN ${text} IS NOT NULL THEN ${hidden} END`, type: 'VARCHAR' };
    }),
};
