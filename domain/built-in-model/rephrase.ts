import { rootOf } from './words.js';

/** A question in words that the grammar reads. */
export interface Rephrased {
  question: string;
  /** Decimal places that results are to be rounded to, if that was asked. */
  decimals: number | null;
}

/** Only say how SQL is written, or what the answer looks like anyway. */
const SILENT_SENTENCES: readonly RegExp[] = [
  /^truncate (?:the )?dates? to (?:the )?(?:day|week|month|quarter|year)s?(?: for aggregation)?$/i,
  /^(?:represent|show|express|give) (?:each|the|every) (?:day|week|month|quarter|year)s? as (?:the |its )?(?:first|starting|start) (?:date|day) (?:in|of) (?:the|that|each) (?:day|week|month|quarter|year)$/i,
  /^(?:weekend days are|weekends? (?:are|is|means?)|weekend days =) saturdays?(?: \(\d\))?(?: and|,) sundays?(?: \(\d\))?$/i,
  /^(?:please )?always (?:left |inner )?join .+ (?:before|when|if) (?:using|querying|aggregating) .+$/i,
  /^(?:always )?order (?:the )?results with nulls last$/i,
  /^.*\b(?:attributes|columns|fields|strings|texts|names|values)\b.* (?:should|must|are to) be matched case[- ]?insensitively$/i,
  /^if .+ (?:are|is) to be joined,? join on the (?:respective )?truncated date fields.*$/i,
  /^(?:(?:the )?(?:last|past) (?:\d+ )?(?:day|week|month|quarter|year)s?) = (?:date_trunc|current_date|now\(\)).*$/i,
];

/** "To get …, join … and count …": a way of working rather than something asked. */
const HOW_TO =
  /^(?:to|in order to) (?:get|find|count|calculate|compute|determine|obtain|identify|analy[sz]e)\b.+\b(?:join|group by)\b.+$/i;
const HOW_TO_FILTER = /\bfilter(?:ing|ed)?\b(?: for| on| by| to)? (?<what>[^,.]+)/gi;
const FILTER_WORDS = new Set('the a an in of for to and only all last past with'.split(' '));

interface Rule {
  pattern: RegExp;
  by: string;
}

const UNIT = '(?:day|week|month|quarter|year)';
const RULES: readonly Rule[] = [
  // What tells how to join says nothing about what is asked.
  {
    pattern:
      /,?\s*(?:based on|by|after) (?:doing (?:a|an) )?(?:(?:left|inner|right|outer) )?join(?:ing)? (?:from |of |on |between |together )?[^.?!]*?\btables?\b/gi,
    by: '',
  },
  // "starting from the best ratings to the lowest"
  {
    pattern:
      /,? ?\b(?:ordered |sorted |ranked )?(?:starting )?from the (?:best|highest|most|largest|longest|biggest|newest|oldest) (?<what>[\p{L} ]+?) to the (?:worst|lowest|least|smallest|shortest|oldest|newest)(?=[.?!]|$)/giu,
    by: ' ordered by $<what> descending',
  },
  {
    pattern:
      /,? ?\b(?:ordered |sorted |ranked )?(?:starting )?from the (?:worst|lowest|least|smallest|shortest) (?<what>[\p{L} ]+?) to the (?:best|highest|most|largest|longest|biggest)(?=[.?!]|$)/giu,
    by: ' ordered by $<what> ascending',
  },
  {
    pattern:
      /\b(?<what>revenue|sales|turnover) ?\(?(?:based|calculated|computed) (?:on|from|by) (?:the )?(?<column>[\p{L}_ ]+?)(?:\)|(?=,|\.|$))/giu,
    by: '$<what> from $<column>',
  },
  {
    pattern: /\b(?:an?|the) (?<end>\.\p{L}{2,6}) (?<what>email|website|url|domain)(?: address)?(?:es)?\b/giu,
    by: '$<what> ending with "$<end>"',
  },
  {
    pattern:
      /\b(?<each>each|every|different) (?:type|kind)s? of (?=\p{L}+ (?:method|type|status|category|kind|class)\b)/giu,
    by: '$<each> ',
  },
  // Who did not do something: what was never done.
  {
    pattern:
      /\b(?:(?:that|which) )?(?:nobody|no one|no-one)(?: has| have| had| was| were)?(?: ever)? (?=\p{L}+)/giu,
    by: 'that were never ',
  },
  {
    pattern:
      /\b(?:did|do|does|have|has|had) not (?:ever )?(?<verb>\p{L}+) (?:anything|anyone|anybody)(?: at all)?\b/giu,
    by: 'never $<verb>',
  },
  {
    pattern:
      /\bhow many (?<what>[\p{L} ]+?) (?:does|do|did|has|have) (?:each|every|an?|the average|an average) (?<owner>\p{L}+)(?: have| had| get| make| place| hold)? on average\b/giu,
    by: 'what is the average number of $<what> per $<owner>',
  },
  {
    pattern:
      /\bhow many (?<what>[\p{L} ]+?) per (?<owner>\p{L}+)(?: are there| were there| is there)? on average\b/giu,
    by: 'what is the average number of $<what> per $<owner>',
  },
  {
    pattern:
      /\bon average,? how many (?<what>[\p{L} ]+?)(?: are there| were there)? per (?<owner>\p{L}+)(?: are there)?\b/giu,
    by: 'what is the average number of $<what> per $<owner>',
  },
  {
    pattern:
      /\bhow long (?:did|does|do|has|have) (?<what>(?:(?!\bhow\b)[\p{L}\p{N} ])+?) (?:last|lasted|take|taken|run)(?<average> on average)?\b/giu,
    by: 'what is the $<average> duration of $<what>',
  },
  {
    pattern:
      /\bhow long (?:was|were|is|are) (?<each>each|every) (?<what>[\p{L}\p{N} ]+?)(?=,|\?|\.| in days| in hours| in minutes|$)/giu,
    by: 'what is the duration of $<each> $<what>',
  },
  { pattern: /\bhow many (?:total|overall) /gi, by: 'how many ' },
  { pattern: /\b(?:total|sum of) (?:the )?(?<sum>sum|total) of\b/gi, by: '$<sum> of' },
  { pattern: /\baverage (?:the )?average\b/gi, by: 'average' },
  { pattern: /\b(?:best|top|highest)[- ]selling\b(?=.*\bby\b)/gi, by: '' },
  { pattern: /\bsign(?:ed|s|ing)? up\b/gi, by: 'joined' },
  {
    pattern:
      /\b(?<both>both (?:the )?)(?<noun>\p{L}+) (?<a>"[^"]+"|'[^']+') and (?:the )?\k<noun> (?<b>"[^"]+"|'[^']+')/giu,
    by: '$<both>$<noun> $<a> and $<b>',
  },
  { pattern: /\bhe\/she\b|\bshe\/he\b|\b(?:he or she|s\/he)\b/gi, by: 'they' },
  { pattern: /\s*\(as a (?:date|month|week|number|percentage)\)/gi, by: '' },
  {
    pattern:
      /\bhow (?:does|do|did|has|have) (?<what>.+?) (?:differ|vary|change|changed|varied|differed|compare)\b/gi,
    by: 'what is $<what>',
  },
  {
    pattern: /\b(?:over|through|across) the (?<unit>day|week|month|quarter|year)s\b/gi,
    by: 'for each $<unit>',
  },
  {
    pattern: /\b(?:the )?(?:month[- ]over[- ]month|MoM) (?<what>change|growth|difference)\b/gi,
    by: 'month over month $<what>',
  },
  {
    pattern: /\b(?:the )?(?:year[- ]over[- ]year|YoY) (?<what>change|growth|difference)\b/gi,
    by: 'year over year $<what>',
  },
  {
    pattern: new RegExp(`\\b(?<unit>${UNIT})-(?<rest>(?:by|over|to)-${UNIT})\\b`, 'gi'),
    by: '$<unit> $<rest>',
  },
  {
    pattern:
      /(?<before>\b(?:and|their|the|its|a|show|return|include|with|of|each)\b|,) (?:\p{L}+ )?rank(?:ing)? (?:of (?:each |the )?\p{L}+ )?(?:by|based on|in terms of|according to|ordered by|when ordered by|sorted by)(?: their| its| the)?\b/giu,
    by: '$<before> rank column by',
  },
];

const ROUND =
  /,?\s*(?:and )?\(?(?:rounded|round (?:it|them|the (?:result|results|answer|value|values|average|ratio|percentage)))(?: off)?(?: up| down)? (?:to|at) (?:the nearest )?(?<places>\d|zero|one|two|three|four|six) (?:decimal(?: place| point| digit)?s?|digits?)(?: after the (?:decimal )?point)?\)?/i;
const ROUND_WHOLE = /,?\s*(?:and )?\(?rounded to the nearest (?:whole number|integer|whole|int)\)?/i;
const PLACES: Readonly<Record<string, number>> = { zero: 0, one: 1, two: 2, three: 3, four: 4, six: 6 };

const withoutEnd = (sentence: string): string => sentence.replace(/[.;?!\s]+$/, '');

/** Whether all that a way of working chooses by is in the question anyway. */
function choosesNothingNew(sentence: string, others: string): boolean {
  const said = new Set(
    others
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .map(rootOf),
  );
  return [...sentence.matchAll(HOW_TO_FILTER)].every(({ groups }) =>
    groups!
      ['what']!.toLowerCase()
      .replace(/\b(?:group|join|count|sum|calculate|and then|then)\b.*$/, '')
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '' && !FILTER_WORDS.has(word))
      .every((word) => said.has(rootOf(word))),
  );
}

function isSilent(sentence: string, others: string): boolean {
  const plain = withoutEnd(sentence);
  if (SILENT_SENTENCES.some((pattern) => pattern.test(plain))) return true;
  return HOW_TO.test(plain) && choosesNothingNew(plain, others);
}

/** The sentences of a question without those that only say how SQL is to be written, or what an answer looks like anyway. */
export const withoutWaysOfWorking = (sentences: readonly string[]): string[] =>
  sentences.filter(
    (sentence, i) =>
      i === 0 || sentence.endsWith('?') || !isSilent(sentence, sentences.filter((_, j) => j !== i).join(' ')),
  );

/** Puts shapes that people use into the words that the grammar reads, and takes out to how many places results are rounded. */
export function rephrase(text: string): Rephrased {
  let question = text;
  for (const { pattern, by } of RULES) question = question.replace(pattern, by);
  const round = ROUND.exec(question);
  if (round) {
    const places = round.groups!['places']!.toLowerCase();
    return { question: question.replace(ROUND, ''), decimals: PLACES[places] ?? Number(places) };
  }
  if (ROUND_WHOLE.test(question)) return { question: question.replace(ROUND_WHOLE, ''), decimals: 0 };
  return { question, decimals: null };
}
