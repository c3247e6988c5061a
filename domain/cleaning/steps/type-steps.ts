import type { CleaningStep, Misfits, ValueType } from '../../../contracts/cleaning.js';
import { quoteLiteral } from '../../datasets/sql-text.js';
import { confusedFormat } from '../../datasets/types/date-formats.js';
import { type CompiledStep, type StepContext, type StepDefinition, StepError } from '../compiled-step.js';
import { changeColumns } from '../step-columns.js';
import { trimmed } from '../white-space.js';
import { isNumeric, isTemporal, isText, type WorkingColumn } from '../working-column.js';
import { digitsSql, fitsDouble, type NumberShape } from './number-text.js';

type Step<Kind extends CleaningStep['kind']> = Extract<CleaningStep, { kind: Kind }>;

const SMALL_SCALE = 6;
const decimalType = (scale: number): string => `DECIMAL(${scale <= SMALL_SCALE ? 18 : 38},${scale})`;

function typeName(to: ValueType, scale: number): string {
  switch (to) {
    case 'text':
      return 'VARCHAR';
    case 'integer':
      return 'BIGINT';
    case 'decimal':
      return decimalType(scale);
    case 'double':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMP';
  }
}

interface Conversion {
  columns: readonly string[];
  misfits: Misfits;
  type: string;
  reason: string;
  /** The exact value or NULL; undefined where the column has that type already. */
  value(column: WorkingColumn): string | undefined;
}

/** A change of type. With `keep-text` the column stays text: what fits is written in the type's own way, the rest as it was. */
function convert(context: StepContext, { columns, misfits, type, reason, value }: Conversion): CompiledStep {
  return changeColumns(
    context,
    columns,
    reason,
    (column) => {
      const sql = value(column);
      if (sql === undefined) return undefined;
      if (misfits !== 'keep-text') return { sql, type };
      if (!isText(column.type)) {
        throw new StepError(
          'bad-value',
          `Only of a text column what does not fit can be kept as text.`,
          column.name,
        );
      }
      return { sql: `coalesce(CAST(${sql} AS VARCHAR), ${column.id})` };
    },
    misfits === 'refuse',
  );
}

/** @throws StepError `wrong-type` for a column that is neither text nor of the wanted kind */
function assertText(column: WorkingColumn, isWanted: boolean): void {
  if (isText(column.type) || isWanted) return;
  throw new StepError(
    'wrong-type',
    `The column "${column.name}" is ${column.type} and not text.`,
    column.name,
  );
}

function numberFromText(
  id: string,
  to: 'integer' | 'decimal' | 'double',
  scale: number,
  shape: Omit<NumberShape, 'scale' | 'exponents'>,
): string {
  if (to === 'double') {
    const digits = digitsSql(id, { ...shape, exponents: true });
    return `CASE WHEN ${fitsDouble(digits)} THEN TRY_CAST(${digits} AS DOUBLE) END`;
  }
  return `TRY_CAST(${digitsSql(id, { ...shape, scale, exponents: false })} AS ${typeName(to, scale)})`;
}

export const parseNumbers: StepDefinition<Step<'parse-numbers'>> = {
  compile: (step, context) => {
    if (step.thousands === step.decimal) {
      throw new StepError('bad-value', 'The decimal mark and the mark between thousands must differ.');
    }
    const scale = step.to === 'decimal' ? (step.scale ?? 2) : 0;
    const isFraction = step.percent === 'fraction';
    const to = isFraction && step.to === 'integer' ? 'decimal' : step.to;
    const type = typeName(to, isFraction ? scale + 2 : scale);
    const { decimal, thousands } = step;
    return convert(context, {
      ...step,
      type,
      reason: 'not_a_number',
      value: (column) => {
        assertText(column, isNumeric(column.type));
        if (!isText(column.type)) return undefined;
        const read = (affixes: readonly string[]): string =>
          numberFromText(column.id, to, scale, { decimal, thousands, affixes });
        if (!isFraction) return read([...step.affixes, ...(step.percent === 'number' ? ['%'] : [])]);
        const hundredth =
          to === 'double'
            ? `${read([...step.affixes, '%'])} / 100`
            : `CAST(${read([...step.affixes, '%'])} * 0.01 AS ${type})`;
        return `CASE WHEN contains(${column.id}, '%') THEN ${hundredth} ELSE CAST(${read(step.affixes)} AS ${type}) END`;
      },
    });
  },
};

const DATE_FORMAT = /^(?:%-?[YymdBbHIMSgfpj]|[ ,./:TZ-])+$/;

/** A time that is not midnight has no exact date. */
const toDate = (timestamp: string): string =>
  `CASE WHEN ${timestamp} = date_trunc('day', ${timestamp}) THEN CAST(${timestamp} AS DATE) END`;

export const parseDates: StepDefinition<Step<'parse-dates'>> = {
  compile: (step, context) => {
    for (const format of step.formats) {
      if (!DATE_FORMAT.test(format)) throw new StepError('bad-value', `"${format}" is no format of dates.`);
      const confused = confusedFormat(format);
      if (confused && step.formats.includes(confused)) {
        throw new StepError('bad-value', `${format} and ${confused} cannot be told apart: 03/04 fits both.`);
      }
    }
    const formats = step.formats.map((format) => quoteLiteral(format.replaceAll('%-', '%'))).join(', ');
    const isDate = step.to === 'date';
    return convert(context, {
      ...step,
      type: isDate ? 'DATE' : 'TIMESTAMP',
      reason: `not_a_${step.to}`,
      value: (column) => {
        assertText(column, isTemporal(column.type));
        if (!isText(column.type)) return undefined;
        const read = `try_strptime(${trimmed(column.id)}, [${formats}])`;
        return isDate ? toDate(read) : read;
      },
    });
  },
};

export const parseBooleans: StepDefinition<Step<'parse-booleans'>> = {
  compile: (step, context) => {
    const small = (words: readonly string[]): string[] => words.map((word) => word.trim().toLowerCase());
    const both = small(step.yes).find((word) => small(step.no).includes(word));
    if (both !== undefined) throw new StepError('bad-value', `"${both}" cannot mean yes and no.`);
    const list = (words: readonly string[]): string => small(words).map(quoteLiteral).join(', ');
    return convert(context, {
      ...step,
      type: 'BOOLEAN',
      reason: 'not_a_boolean',
      value: (column) => {
        assertText(column, column.type === 'BOOLEAN');
        if (!isText(column.type)) return undefined;
        const word = `lower(${trimmed(column.id)})`;
        return `CASE WHEN ${word} IN (${list(step.yes)}) THEN true WHEN ${word} IN (${list(step.no)}) THEN false END`;
      },
    });
  },
};

const PLAIN = { decimal: '.', thousands: '', affixes: [] } as const;

/** Text in a type's own way of writing, as change-type reads it. */
function plainValue(id: string, to: Exclude<ValueType, 'text'>, scale: number): string {
  switch (to) {
    case 'integer':
    case 'decimal':
    case 'double':
      return numberFromText(id, to, scale, PLAIN);
    case 'boolean':
      return `CASE lower(${trimmed(id)}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'date':
      return `TRY_CAST(try_strptime(${trimmed(id)}, '%Y-%m-%d') AS DATE)`;
    case 'timestamp':
      return `try_strptime(${trimmed(id)}, ['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%dT%H:%M:%S.%f', '%Y-%m-%d'])`;
  }
}

const canCast = (from: string, to: ValueType): boolean => {
  if (to === 'date' || to === 'timestamp') return isTemporal(from);
  return isNumeric(from) || from === 'BOOLEAN';
};

export const changeType: StepDefinition<Step<'change-type'>> = {
  compile: (step, context) => {
    const { to } = step;
    const scale = to === 'decimal' ? (step.scale ?? 2) : 0;
    const type = typeName(to, scale);
    return convert(context, {
      ...step,
      misfits: to === 'text' ? 'null' : step.misfits,
      type,
      reason: `not_a_${to}`,
      value: (column) => {
        if (column.type === type) return undefined;
        if (to === 'text') return `CAST(${column.id} AS VARCHAR)`;
        if (isText(column.type)) return plainValue(column.id, to, scale);
        if (!canCast(column.type, to)) {
          throw new StepError(
            'wrong-type',
            `The column "${column.name}" is ${column.type}, of which no ${to} can be made.`,
            column.name,
          );
        }
        // Only what the way back gives again: a fraction is no whole number, 2 is no yes or no.
        const cast = `TRY_CAST(${column.id} AS ${type})`;
        return `CASE WHEN TRY_CAST(${cast} AS ${column.type}) = ${column.id} THEN ${cast} END`;
      },
    });
  },
};

export const convertUnits: StepDefinition<Step<'convert-units'>> = {
  compile: (step, context) => {
    if (step.thousands === step.decimal) {
      throw new StepError('bad-value', 'The decimal mark and the mark between thousands must differ.');
    }
    return convert(context, {
      ...step,
      columns: [step.column],
      type: 'DOUBLE',
      reason: 'not_a_quantity',
      value: (column) => {
        assertText(column, false);
        const read = step.units.map(({ unit, factor }) => {
          const affixes = unit.trim() === '' ? [] : [unit];
          const number = numberFromText(column.id, 'double', 0, { ...step, affixes });
          const times = factor === 1 ? number : `${number} * CAST(${quoteLiteral(String(factor))} AS DOUBLE)`;
          if (unit.trim() === '') return times;
          return `CASE WHEN contains(${column.id}, ${quoteLiteral(unit.trim())}) THEN ${times} END`;
        });
        return `coalesce(${read.join(', ')}, NULL)`;
      },
    });
  },
};
