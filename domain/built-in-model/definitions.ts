import { singular } from './words.js';

/** A question whose definitions stand where their names stood. */
export interface Expanded {
  question: string;
  /** What was replaced, to be told to the asker. */
  notes: string[];
}

interface Definition {
  name: string;
  body: string;
}

const NAME = String.raw`(?:the |an? )?(?<name>[\p{L}\p{N}][\p{L}\p{N}'’ _-]{0,70}?)(?: ?\((?<short>\p{Lu}[\p{L}\p{N}]{1,9})\))?`;
const VERB = '(?:defined|calculated|computed|measured|determined|counted|given|expressed)';
const SENTENCES: readonly RegExp[] = [
  new RegExp(`^${NAME} (?:is|are|should be|can be|must be) ${VERB} (?:as|by|using|from) (?<body>.+)$`, 'iu'),
  new RegExp(`^${NAME} ?(?:=|:=) ?(?<body>.+)$`, 'iu'),
  new RegExp(`^${NAME}: (?<body>.+)$`, 'iu'),
  new RegExp(
    `^to (?:calculate|compute|get|find|determine|obtain) ${NAME}(?: for each [^,]+| of each [^,]+)?, (?:you )?(?<body>divide .+)$`,
    'iu',
  ),
  new RegExp(`^${NAME} (?:is|are|means?|refers? to|equals?) (?<body>.+)$`, 'iu'),
];
/** At the end of the question itself. */
const CLAUSES: readonly RegExp[] = [
  new RegExp(
    `^(?<head>.+?),? (?:where|with|given that|if) ${NAME} ?(?:=| is ${VERB} as | ${VERB} as | is | are | equals | being ) ?(?<body>.+)$`,
    'iu',
  ),
  new RegExp(String.raw`^(?<head>.+?) ?\(${NAME} ?= ?(?<body>.+)\)$`, 'iu'),
  new RegExp(`^(?<head>.+?),? ${VERB} as (?<body>.+)$`, 'iu'),
];
const ASKS =
  /^(?:what|which|who|whom|whose|how|when|where|list|show|give|find|return|calculate|compute|count|get|display|is|are|do|does|for each|for every|in which|on which|tell|name|identify|can|could|please|order|sort|include|exclude|only|determine|provide|report|select|rank|group|filter|use|match)\b/i;
/** Only say how texts are compared, which is done anyway: known values as stored, others without regard to case. */
const HARMLESS =
  /^(?:please |always )*(?:match|filter|compare|search|use|perform|do|when)\b.*\b(?:exact(?:ly)?|case[- ]?(?:in)?sensitive(?:ly)?|i?like operator|i?like|wildcards?|string matching)\b.*$/i;

/** Sentences; a point inside a number or an abbreviation ends none. */
export const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[?!])\s+|(?<=[\p{L}\p{N})"'”]{2})\.\s+(?=\p{Lu}|["“])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

const withoutEnd = (sentence: string): string => sentence.replace(/[.;?!\s]+$/, '');
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The name as it stands in a text: any case, singular or plural, with "the" or "a" before it. */
function mentionOf(name: string): RegExp {
  const words = name.trim().split(/[\s_-]+/);
  const last = words.pop()!;
  const stem = singular(last.toLowerCase());
  const ending =
    last.toLowerCase() === stem ? `${escaped(last)}(?:e?s)?` : `(?:${escaped(last)}|${escaped(stem)})`;
  return new RegExp(`\\b(?:(?:the|an?)\\s+)?${[...words.map(escaped), ending].join('[\\s_-]+')}\\b`, 'giu');
}

const COUNTS = /\b(?:number|count|total|sum|average|how many|percentage)\b/i;
const TIMES_100 = /[\s,]*(?:and )?(?:\*|x|×|times|multiplied by|multiply(?: the result)? by)\s*100\s*%?$/i;

const PERIOD_BEFORE =
  /^\(?(?:the )?(?:current|this|given)[ _](?<unit>day|week|month|quarter|year)\b.* (?:-|minus) .*\b(?:prev|previous|last|prior|preceding)[ _]/i;
const RANK =
  /^(?:\p{L}+ )?rank(?:ing)?\b(?: of (?:each |the |all )?\p{L}+)?(?: (?:by|based on|ordered by|sorted by|according to|in terms of|when ordered by)) (?:the |their |its )?(?<by>.+?)$/iu;

/** "current month's total minus that of the month before", "rank by total amount, highest first". */
function windowPhrase(body: string): string | null {
  const unit = PERIOD_BEFORE.exec(body)?.groups?.['unit']?.toLowerCase();
  if (unit !== undefined) {
    const isRelative = /\)\s*(?:\/|divided by)/.test(body);
    const isPercent = TIMES_100.test(body);
    return `${unit} over ${unit} ${isRelative ? (isPercent ? 'growth' : 'relative change') : 'change'}`;
  }
  const by = RANK.exec(body)?.groups?.['by'];
  if (by === undefined) return null;
  const isAscending =
    /\b(?:ascending|lowest first|smallest first|1 (?:being|is|=|for) .*\b(?:lowest|smallest|least|fewest))\b/i.test(
      by,
    );
  const measure = by
    .replace(/,? ?(?:in |from )?(?:descending|ascending|desc|asc)(?: order)?$/i, '')
    .replace(/,? (?:with (?:rank )?1|where (?:rank )?1|rank 1|\(?1)\b.*$/i, '')
    .replace(
      /,? (?:highest|lowest|largest|smallest|from (?:highest|lowest) to (?:lowest|highest))(?: first)?$/i,
      '',
    );
  return `rank column by ${measure}${isAscending ? ' ascending' : ''}`;
}

/** The body as it can stand inside a question. */
function phrase(body: string, name: string): string {
  const window = windowPhrase(withoutEnd(body));
  if (window !== null) return window;
  let text = withoutEnd(body).replace(/^(?:the|a|an)\s+(?=\p{L})/iu, '');
  const isPercent = TIMES_100.test(text) || /\bpercent(?:age)?\b/i.test(name);
  text = text.replace(TIMES_100, '').replace(/^\((.*)\)$/, '$1');
  text = text.replace(/^(?:divide|dividing) (.+) by (.+)$/i, '$1 divided by $2');
  // "a postpaid tariff is one that is not prepaid"
  text = text.replace(
    /^(?:one|those|ones|any|anyone|someone)(?= (?:that|who|which|with|whose|without)\b)/i,
    name.split(/\s+/).at(-1)!,
  );
  const sides = text.split(/\s(?:\/|÷|divided by)\s/i);
  if (sides.length === 2 && sides.some((side) => COUNTS.test(side))) {
    const [top, bottom] = sides.map((side) => side.replace(/^\((.*)\)$/, '$1').replace(/^the /i, ''));
    return `${isPercent ? 'percentage ratio' : 'ratio'} of ${top} to ${bottom}`;
  }
  if (TIMES_100.test(withoutEnd(body))) return `(${text} * 100)`;
  return text;
}

/** A definition that a sentence is; it must name something that the rest of the text speaks of. */
function definitionOf(sentence: string, rest: string): Definition | null {
  const plain = withoutEnd(sentence)
    .replace(/^(?:please )?(?:note|remember|assume|recall) that /i, '')
    .replace(/^(\p{Lu}[\p{Lu}\d]{1,9}) \([^)=]+\)(?= ?(?:=|:|is\b|are\b|refers?\b|means?\b))/u, '$1')
    .replace(/ (?:in|of|from) (?:the )?([\p{L}\d_]+) table$/iu, '');
  if (sentence.endsWith('?') || ASKS.test(plain)) return null;
  for (const pattern of SENTENCES) {
    const groups = pattern.exec(plain)?.groups;
    if (!groups) continue;
    const name = [groups['short'], groups['name']].find((each) => each && mentionOf(each).test(rest));
    if (name) return { name, body: bodyOf(groups['body']!) };
  }
  return null;
}

/** "ACP = average closing price = …": the last one counts. */
const bodyOf = (body: string): string => body.split(/\s=\s/).at(-1)!;

function clauseOf(sentence: string): { head: string; definition: Definition } | null {
  for (const pattern of CLAUSES) {
    const groups = pattern.exec(withoutEnd(sentence))?.groups;
    const head = groups?.['head'];
    if (!head) continue;
    const name = [groups['short'], groups['name']].find((each) => each && mentionOf(each).test(head));
    if (name) return { head: `${head}?`, definition: { name, body: bodyOf(groups['body']!) } };
  }
  return null;
}

/**
 * Puts what a question defines ("the pass rate is the percentage of …", "ACP = …", "…, where x is a / b") in the place of its
 * name. Sentences that only say how texts are compared go. What cannot be placed stays, and is then not understood.
 */
export function expandDefinitions(question: string): Expanded {
  let sentences = sentencesOf(question).filter((sentence) => !HARMLESS.test(withoutEnd(sentence)));
  const definitions: Definition[] = [];
  sentences = sentences.map((sentence) => {
    const clause = clauseOf(sentence);
    if (!clause) return sentence;
    definitions.push(clause.definition);
    return clause.head;
  });
  for (const sentence of [...sentences]) {
    const others = [
      ...sentences.filter((other) => other !== sentence),
      ...definitions.map(({ body }) => body),
    ];
    const definition = others.length > 0 ? definitionOf(sentence, others.join(' ')) : null;
    if (!definition) continue;
    definitions.push(definition);
    sentences = sentences.filter((other) => other !== sentence);
  }
  if (definitions.length === 0)
    return { question: sentences.length > 0 ? sentences.join('\n') : question, notes: [] };
  let text = sentences.map((sentence) => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`)).join(' ');
  const notes: string[] = [];
  // Twice: a definition may rest on another.
  for (let round = 0; round < 2; round++) {
    for (const { name, body } of definitions) {
      const place = mentionOf(name);
      const said = phrase(body, name);
      // A body that holds its own name ("active users are users who …") would grow without end.
      if (!place.test(text) || (round > 0 && mentionOf(name).test(said))) continue;
      text = text.replace(mentionOf(name), said);
      notes.push(`“${name}” is taken as “${said}”`);
    }
  }
  return { question: text, notes };
}

const ELABORATION =
  /^(?<before>.+?),? ?(?:\(?i\.e\.,?|that is,|that is to say,|in other words,|meaning(?: that)?|which means(?: that)?) (?<after>.+)$/iu;

/**
 * "…, that is, …": the forms of a question in which what follows stands beside what it explains or, word by word, in its place;
 * the fullest first. Empty if nothing is explained.
 */
export function explainedForms(question: string): Expanded[] {
  const [first, ...rest] = sentencesOf(question);
  const groups = ELABORATION.exec(first ?? '')?.groups;
  if (!groups) return [];
  const words = groups['before']!.split(/\s+/);
  const after = groups['after']!.replace(/^(?:they|it|he|she) /i, '').replace(/\)(?=[?.]?$)/, '');
  const forms: Expanded[] = [];
  for (let kept = words.length; kept >= 2; kept--) {
    const replaced = words.slice(kept).join(' ');
    forms.push({
      question: [[...words.slice(0, kept), after].join(' '), ...rest].join('\n'),
      notes: replaced === '' ? [] : [`“${replaced}” is taken as “${withoutEnd(after)}”`],
    });
  }
  return forms;
}
