import type { CleaningStep } from '../../../contracts/cleaning.js';
import { quoteLiteral } from '../../datasets/sql-text.js';
import {
  type CompiledStep,
  isInRows,
  type StepContext,
  type StepDefinition,
  StepError,
} from '../compiled-step.js';
import { conditionSql } from '../row-condition.js';
import { dropRows, findColumns } from '../step-columns.js';
import { isMissing, isText } from '../working-column.js';

type Step<Kind extends CleaningStep['kind']> = Extract<CleaningStep, { kind: Kind }>;

export const dropMatching: StepDefinition<Step<'drop-rows'>> = {
  compile: (step, context) => dropRows(context, conditionSql(step.where, context.columns)),
};

export const dropMissing: StepDefinition<Step<'drop-missing'>> = {
  compile: (step, context) => {
    const columns = step.columns ? findColumns(context.columns, step.columns) : context.columns;
    return dropRows(context, columns.map(isMissing).join(step.how === 'any' ? ' OR ' : ' AND '));
  },
};

const dropFound = (context: StepContext): CompiledStep =>
  dropRows(context, isInRows(context.tables[0] ?? ''));

export const dropDuplicates: StepDefinition<Step<'drop-duplicates'>> = {
  tables: (step, columns) => [
    {
      what: 'duplicates',
      columns: step.columns ? findColumns(columns, step.columns) : [...columns],
      keep: step.keep,
      // A row without its key is not known to repeat another.
      needsAll: step.columns !== undefined,
    },
  ],
  compile: (step, context) => {
    if (step.columns) findColumns(context.columns, step.columns);
    return dropFound(context);
  },
};

export const dropTotalRows: StepDefinition<Step<'drop-total-rows'>> = {
  tables: () => [{ what: 'totals' }],
  compile: (_step, context) => dropFound(context),
};

export const dropEdgeRows: StepDefinition<Step<'drop-edge-rows'>> = {
  tables: () => [{ what: 'edges' }],
  compile: (_step, context) => dropFound(context),
};

export const dropRepeatedHeaders: StepDefinition<Step<'drop-repeated-headers'>> = {
  compile: (_step, context) => {
    const texts = context.columns.filter(({ type }) => isText(type));
    if (texts.length === 0) {
      throw new StepError('wrong-type', 'Without a text column no row can repeat the header.');
    }
    // Two names, or the only one: a single cell may well be called as its column is.
    const equal = texts
      .slice(0, 50)
      .map(({ id, name }) => `coalesce(CAST(${id} = ${quoteLiteral(name)} AS INTEGER), 0)`);
    return dropRows(context, `(${equal.join(' + ')}) >= ${Math.min(2, texts.length)}`);
  },
};
