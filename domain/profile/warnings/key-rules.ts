import type { Finding, SemanticType } from '../../../contracts/dataset-profile.js';
import { sayCount } from '../../say-count.js';
import { embeddedKind } from '../embedded-personal.js';
import { isPersonalType } from '../semantic-type.js';
import { type ColumnRule, cellsOf, notice, warning } from './column-evidence.js';

export const KEY_NAME =
  /(?:^|[_ -])(?:id|uuid|guid|key|code|number|no|nr|ref|reference|sku|isbn|ean)$|(?:Id|Key|Code|No|Nr)$/;

/** Unique columns, keys that repeat, personal data, gaps in a series of dates, order. */
export const keyRules: ColumnRule = ({ profile }) => {
  const { name, rows, distinct } = profile;
  const cells = cellsOf(profile);
  if (rows < 10 || cells === 0) return [];
  const found: Finding[] = [];
  const repeated = cells - distinct;
  if (repeated <= 0 && distinct === rows && !isFractional(profile)) {
    found.push(notice(profile, 'unique', rows, `Every row has a value of its own in ${name}.`));
  } else if (distinct > 50 && distinct > cells * 0.5 && profile.kind === 'text') {
    found.push(
      notice(
        profile,
        'high-cardinality',
        distinct,
        `${name} has ${distinct} different values in ${cells} cells.`,
      ),
    );
  }
  if (repeated > 0 && repeated <= cells * 0.05 && cells >= 20 && isKeyLike(profile)) {
    found.push(
      warning(
        profile,
        'duplicate-keys',
        repeated,
        `${name} looks like a key, but ${sayCount(repeated, 'cell repeats', 'cells repeat')} another.`,
        {
          examples: profile.top
            .filter(({ count }) => count > 1)
            .slice(0, 5)
            .map(({ text }) => text),
        },
      ),
    );
  }
  return found;
};

const isFractional = ({ numbers }: Parameters<ColumnRule>[0]['profile']): boolean =>
  numbers !== undefined && numbers.fractions > 0;

/** By its name, or because it counts the rows. */
function isKeyLike(profile: Parameters<ColumnRule>[0]['profile']): boolean {
  if (isFractional(profile) || profile.kind === 'boolean' || profile.kind === 'temporal') return false;
  if (KEY_NAME.test(profile.name) && profile.semantic?.type !== 'free-text') return true;
  if (profile.kind !== 'number' || profile.min === null || profile.max === null) return false;
  const span = Number(profile.max) - Number(profile.min) + 1;
  return span <= profile.distinct * 1.05 && profile.distinct > 50;
}

/** What the data is of itself; by its name alone it may be anything. */
const personalKind = (type: SemanticType): string =>
  isPersonalType(type) ? type.replace('-', ' ') : 'by its name';

export const personalRules: ColumnRule = ({ profile, embedded }) => {
  const { semantic, name } = profile;
  if (semantic?.personal) {
    return [
      notice(
        profile,
        'personal-data',
        semantic.share * cellsOf(profile),
        `${name} holds personal data (${personalKind(semantic.type)}).`,
      ),
    ];
  }
  if (!embedded || semantic?.type === 'url') return [];
  const told = embedded.matches.flatMap(({ match, row }) => {
    const kind = embeddedKind(match);
    return kind ? [{ kind, row }] : [];
  });
  if (told.length === 0) return [];
  const kinds = [...new Set(told.map(({ kind }) => kind))].sort();
  const count = Math.max(1, (embedded.count * told.length) / embedded.matches.length);
  return [
    notice(
      profile,
      'personal-data',
      count,
      `${name} holds personal data inside its text (${kinds.join(', ')}).`,
      {
        rows: told.slice(0, 10).map(({ row }) => row),
      },
    ),
  ];
};

export const dateRules: ColumnRule = ({ profile }) => {
  const gaps = profile.dates?.gaps ?? [];
  if (gaps.length === 0) return [];
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  return [
    warning(
      profile,
      'date-gaps',
      missing,
      `${sayCount(missing, 'date is', 'dates are')} missing in the series of ${profile.name}.`,
      {
        examples: gaps.slice(0, 5).map(({ after, before }) => `${after} to ${before}`),
      },
    ),
  ];
};

export const orderNotices: ColumnRule = ({ profile }) =>
  profile.sortOrder && profile.sortOrder !== 'unsorted' && profile.distinct > 2 && profile.rows >= 10
    ? [
        notice(
          profile,
          'sorted',
          profile.rows,
          `The rows are in ${profile.sortOrder} order of ${profile.name}.`,
        ),
      ]
    : [];
