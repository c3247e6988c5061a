import type { AnswerWarning } from '../../contracts/presentation.js';
import type { SampledValues } from '../../contracts/schema-registry.js';
import { editDistance } from '../guard/nearest-names.js';
import type { ValueFilter } from './expressions.js';
import { registryColumn, type SelectShape } from './query-shape.js';

/** Filters for values that the column is not known to hold, with the nearest known value. For results that came out empty. */
export function findMissingValues(shape: SelectShape, values: SampledValues): AnswerWarning[] {
  return shape.filters.flatMap((filter) => {
    const column = registryColumn(shape, filter);
    const known = column ? (values[column.canonicalColumnName] ?? []) : [];
    if (!column || known.length === 0 || known.some((value) => isMet(filter, value))) return [];
    return filter.values.map((wanted): AnswerWarning => {
      const nearest = nearestValue(wanted.replaceAll('%', ''), known);
      const hint = nearest === undefined ? '' : `; the nearest known value is "${nearest}"`;
      return {
        code: 'value_not_found',
        message: `${column.canonicalColumnName} is not known to hold "${wanted}"${hint}.`,
        details: {
          column: column.canonicalColumnName,
          value: wanted,
          ...(nearest === undefined ? {} : { nearest }),
        },
      };
    });
  });
}

function isMet({ values, ignoresCase, isPattern }: ValueFilter, known: string): boolean {
  const fold = (text: string) => (ignoresCase ? text.toLowerCase().trim() : text);
  return values.some((value) =>
    isPattern ? likeToRegExp(fold(value)).test(fold(known)) : fold(value) === fold(known),
  );
}

/** LIKE's `%` and `_`; backslash takes the next character as it is. */
function likeToRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\\([\s\S])|[\s\S]/gu, (character, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeRegExp(escaped);
    return character === '%' ? '.*' : character === '_' ? '.' : escapeRegExp(character);
  });
  return new RegExp(`^${source}$`, 'su');
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The value that was probably meant; undefined when none is near. */
export function nearestValue(wanted: string, known: readonly string[]): string | undefined {
  const folded = wanted.toLowerCase().trim();
  const limit = Math.max(1, Math.ceil(folded.length / 3));
  const scored = known.map((value) => {
    const own = value.toLowerCase().trim();
    const distance = own === folded ? 0 : editDistance(folded, own, limit);
    const [short, long] = own.length < folded.length ? [own, folded] : [folded, own];
    const isPart = short.length >= 2 && new RegExp(`(^|\\W)${escapeRegExp(short)}`, 'u').test(long);
    return { value, score: distance <= limit ? distance : isPart ? limit + 1 : Number.POSITIVE_INFINITY };
  });
  const best = scored.reduce((a, b) => (b.score < a.score ? b : a), {
    value: '',
    score: Number.POSITIVE_INFINITY,
  });
  return Number.isFinite(best.score) ? best.value : undefined;
}
