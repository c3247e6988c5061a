import type { Lexeme } from './lexeme.js';
import { RELATION_VERBS } from './relation-verbs.js';

type Entry = Lexeme extends infer L ? (L extends { words: string } ? Omit<L, 'words'> : never) : never;

const entries = new Map<string, Entry[]>();
const define = (phrases: string, entry: Entry): void => {
  for (const phrase of phrases.split('|').map((p) => p.trim())) {
    entries.set(phrase, [...(entries.get(phrase) ?? []), entry]);
  }
};

define(
  'show|show me|list|list all|include|include the|also include|give me|give|get|get me|find|find me|return|display|print|fetch|provide|name all|i want|i want to see|i need|i would like to see|let me see|report|retrieve|identify|select|also show|also return|also give',
  { kind: 'opener', mood: 'list' },
);
define('compare|compare the', { kind: 'opener', mood: 'what' });
define('which|who|who is|who are|who was|who were|which are|which is|which of|what are all|whom', {
  kind: 'opener',
  mood: 'which',
});
define(
  'what is|what are|what was|what were|what|tell me|calculate|compute|determine|could you tell me|can you tell me|how much is|how much was|how much were|how much are|how much',
  { kind: 'opener', mood: 'what' },
);
define('how many|how many times|count|count of|count the|count the number of|count how many', {
  kind: 'count',
  isHowMany: true,
});
define(
  'number of|the number of|total number of|overall number of|total count of|count of|counts of|numbers of|amount of times',
  { kind: 'count', isHowMany: false },
);
define('total|sum|sum of|total of|total sum of|combined|sum total of|in total', {
  kind: 'aggregate',
  fn: 'sum',
});
define('average|mean|avg|average of|mean of|average value of', { kind: 'aggregate', fn: 'avg' });
define('minimum|min|minimum of', { kind: 'aggregate', fn: 'min' });
define('maximum|max|maximum of', { kind: 'aggregate', fn: 'max' });
define('distinct|different|unique|distinct list of|distinct number of', { kind: 'distinct' });
define(
  'by|grouped by|broken down by|split by|breakdown by|group by|group the result by|group the results by|grouped per',
  { kind: 'group', isEach: false, isPer: false },
);
define(
  'per|for each|in each|of each|each|for every|every|by each|at each|from each|within each|on each|per each|across|for each of|for all|at every|in every|for each individual',
  { kind: 'group', isEach: true, isPer: true },
);
for (const unit of ['day', 'week', 'month', 'quarter', 'year'] as const) {
  define(`${unit}|${unit}s|calendar ${unit}`, { kind: 'time-unit', unit, isAdverb: false });
  const adverb = unit === 'day' ? 'daily' : `${unit}ly`;
  define(`${adverb}|${unit} by ${unit}`, { kind: 'time-unit', unit, isAdverb: true });
}
define('day of the week|day of week|weekday|days of the week|weekdays|week day', {
  kind: 'time-unit',
  unit: 'weekday',
  isAdverb: false,
});
define('hour of the day|hour of day|hours of the day|hour', {
  kind: 'time-unit',
  unit: 'hour',
  isAdverb: false,
});
define(
  'monthly change in|change from month to month in|month to month change in|yearly change in|change from year to year in|daily change in|change from the previous month in|change compared to the previous month in',
  { kind: 'change', scale: 'plain' },
);
define(
  'month over month growth in|month over month growth rate of|month over month growth of|month over month percentage change in|monthly growth in|monthly growth rate of|monthly growth of|year over year growth in|year over year growth of|year over year percentage change in|yearly growth in|yearly growth of|annual growth in|annual growth rate of|quarter over quarter growth in|week over week growth in|day over day growth in|month over month growth rate in|year over year growth rate in|monthly percentage change in',
  { kind: 'change', scale: 100 },
);
for (const unit of ['day', 'week', 'month', 'quarter', 'year']) {
  const over = `${unit} over ${unit}`;
  define(`${over} change|${over} difference|${over} change in|${over} difference in|${over} change of`, {
    kind: 'change',
    scale: 'plain',
  });
  define(`${over} relative change|${over} relative change in`, { kind: 'change', scale: 1 });
  define(`${over} growth|${over} growth rate|${over} percentage change`, { kind: 'change', scale: 100 });
}
define('both|both of', { kind: 'both' });
define('rank column by', { kind: 'rank' });
define('combination|combinations|combination of|combinations of|pairs of|pair of', { kind: 'combination' });
define('annual|annually', { kind: 'time-unit', unit: 'year', isAdverb: true });
define('top|best|first', { kind: 'top', direction: 'desc' });
define('bottom|worst', { kind: 'top', direction: 'asc' });

const superlative = (phrases: string, direction: 'asc' | 'desc', hints: string, isCounting = false) =>
  define(phrases, {
    kind: 'superlative',
    direction,
    hints: hints.split(' ').filter((h) => h !== ''),
    isCounting,
  });
superlative(
  'highest|greatest|highest number of|largest number of|greatest number of|most number of|highest count of|maximum number of',
  'desc',
  '',
  true,
);
superlative(
  'lowest|smallest number of|lowest number of|fewest number of|least number of|minimum number of',
  'asc',
  '',
  true,
);
superlative('highest|tallest', 'desc', 'height altitude elevation');
superlative('lowest', 'asc', 'height altitude elevation');
superlative('most often|most frequently|most times|the most times|the most often', 'desc', '@times', true);
superlative('least often|least frequently|fewest times', 'asc', '@times', true);
superlative('most common|most frequent|most commonly|most popular|most used', 'desc', '@common', true);
superlative('least common|rarest|least popular|least used|least frequent', 'asc', '@common', true);
superlative('highest paid|best paid', 'desc', 'salary wage income pay rate');
superlative('lowest paid|worst paid', 'asc', 'salary wage income pay rate');
superlative('tallest', 'desc', 'height altitude elevation');
superlative('fastest', 'desc', 'speed');
superlative('slowest', 'asc', 'speed');
superlative('deepest', 'desc', 'depth');
superlative('most|the most|highest amount of|largest amount of', 'desc', '', true);
superlative('least|fewest|the fewest|the least', 'asc', '', true);
superlative('largest|biggest', 'desc', 'size area population');
superlative('smallest', 'asc', 'size area population');
superlative('longest', 'desc', 'length duration distance');
superlative('shortest', 'asc', 'length duration distance height');
superlative('most expensive|priciest|dearest|costliest', 'desc', 'price cost fee fare amount rate');
superlative('least expensive|cheapest', 'asc', 'price cost fee fare amount rate');
superlative('newest|latest|most recent|last', 'desc', '@date');
superlative('earliest', 'asc', '@date');
superlative('oldest', 'asc', '@age');
superlative('youngest', 'desc', '@age');
superlative('heaviest', 'desc', 'weight');
superlative('lightest', 'asc', 'weight');
superlative('best rated|highest rated|top rated', 'desc', 'rating score');
superlative('worst rated|lowest rated', 'asc', 'rating score');
superlative('best', 'desc', '', true);

define(
  'more than|greater than|higher than|larger than|bigger than|over|above|exceeding|exceeds|exceed|>|older than|longer than|heavier than|in excess of|that exceed',
  { kind: 'compare', op: '>' },
);
define('less than|fewer than|lower than|smaller than|under|below|<|shorter than|lighter than|cheaper than', {
  kind: 'compare',
  op: '<',
});
define(
  'at least|no less than|not less than|no fewer than|>=|minimum of|greater than or equal to|more than or equal to',
  { kind: 'compare', op: '>=' },
);
define('at most|no more than|not more than|up to|<=|less than or equal to', { kind: 'compare', op: '<=' });
define('exactly|equal to|equals|=|precisely|equal', { kind: 'compare', op: '=' });
define('not equal to|other than|different from|<>|!=', { kind: 'compare', op: '<>' });
define('between', { kind: 'between' });
define(
  'ordered by|order by|sorted by|sort by|sorted on|ranked by|order the results by|order the result by|sort the results by|order them by|sort them by|sorted|ordered|rank by|order results by|sort results by|ranked',
  { kind: 'order' },
);
define(
  'in descending order|descending|desc|from highest to lowest|from most to least|highest first|most popular first|best first|most expensive first|longest first|starting from the top|from most to least expensive|from the highest to the lowest|in decreasing order|from high to low|in reverse chronological order|latest first|biggest first|in order of most to least|from largest to smallest|from longest to shortest|from tallest to shortest|from best to worst|from biggest to smallest|from greatest to least|from newest to oldest|from most recent to least recent|from latest to earliest|from most expensive to least expensive|from oldest to youngest|starting from the highest|starting with the highest|starting from the largest|starting from the most|starting with the most|starting with the most recent|largest first|most first|from high to low|newest first|most recent first|latest first|in descending order of',
  { kind: 'direction', direction: 'desc' },
);
define(
  'in ascending order|ascending|asc|from lowest to highest|from least to most|lowest first|least popular first|cheapest first|shortest first|earliest first|from least to most expensive|from the lowest to the highest|in increasing order|from earliest to most recent|by name alphabetically|from smallest to largest|from shortest to longest|from worst to best|from least to greatest|from oldest to newest|from earliest to latest|from oldest to most recent|from least expensive to most expensive|starting from the lowest|starting with the lowest|starting from the earliest|starting with the earliest|starting from the earliest date|starting from the oldest|starting from the smallest|starting from the least|a to z|from a to z|smallest first|alphabetically|in alphabetical order|from low to high|oldest first|chronologically|in chronological order|in ascending order of',
  { kind: 'direction', direction: 'asc' },
);
define(
  'without|without any|with no|have no|has no|had no|having no|never|have never|has never|had never|have not|has not|had not|do not have|does not have|did not have|do not have any|does not have any|do not have a|do not have an|does not have a|does not have an|did not have any|do not have|who do not have|have not yet|has not yet|had not yet|not yet|have no|has not been|have not been|was not|were not|have never been|has never been|was never|were never|never been|are not in any|is not in any|are not on any|have not had any|have not made any|has not made any|have not made|has not made|have not placed|have never placed|have not placed any|have never made|without a|without an|that lack|lacking|not had any|not have any|are not part of any|is not part of any|not part of any|not belong to any|do not belong to any|have not had|did not make|did not place|have not got any',
  { kind: 'without' },
);
define(
  'is null|are null|null|is missing|are missing|missing|is unknown|is empty|is not set|are not set|is not known',
  { kind: 'null', isNull: true },
);
define('is not null|are not null|is set|are set|is known', { kind: 'null', isNull: false });
define(
  'starts with|start with|starting with|begins with|begin with|beginning with|starts with the letter|start with the letter|starting with the letter|begins with the letter|begin with the letter|starts with the letters|starts with the word|start with the word|starting with the word|starts with the prefix',
  { kind: 'match', mode: 'starts' },
);
define(
  'ends with|end with|ending with|ending in|ends in|ends with the letter|end with the letter|ending with the letter|ending in the letter|ends in the letter|ends with the word|ending with the word',
  { kind: 'match', mode: 'ends' },
);
define(
  'contains|contain|containing|includes the word|that includes|contains the word|containing the word|contain the word|contains the letter|containing the letter|contains the text|contains the string|containing the letters|has the word|include the word|including the word|with the word|with the letters',
  { kind: 'match', mode: 'contains' },
);
define('named|called|with the name|whose name is|with name', { kind: 'named' });
define(
  'with|having|have|has|had|whose|with a|with an|with the|that have|that has|who have|who has|which have|which has|who had|that had|that have a|which had',
  { kind: 'with' },
);
// All of them, not some: that is not read, and must not pass for "have".
define('have only|has only|had only|only have|only has|only had|with only|having only', {
  kind: 'unknown',
  word: 'only',
});
define('that|who|which|where|when|whom', { kind: 'who' });
define('is|are|was|were|be|been|being|am', { kind: 'be' });
for (const word of [
  'in',
  'from',
  'of',
  'at',
  'for',
  'on',
  'to',
  'within',
  'during',
  'under',
  'among',
  'into',
  'through',
  'out of',
  'as',
  'via',
]) {
  define(word, { kind: 'prep', word });
}
define(
  'located in|based in|living in|live in|lives in|situated in|placed in|come from|coming from|that are in|in the|who live in|resident in',
  { kind: 'prep', word: 'in' },
);
define(
  'over time|trend|trend of|over the years|through time|change over time|develop over time|evolve over time',
  { kind: 'over-time' },
);
define('and|as well as|along with|together with|plus|&|and also|then|and then|but', { kind: 'and' });
define('or', { kind: 'or' });
define('not|non|excluding|exclude|except|except for|other than|is not|are not|is not a|are not a|not in', {
  kind: 'not',
});
define(',|:', { kind: 'comma' });
define(
  '(|)|inclusive of today|inclusive of today date|including today|inclusive of both|starting from the top|based on joining|by joining|by doing a left join from|by doing a join of|by doing an inner join of|in your answer|in the answer|in the result|in the output|as well|in question|in total|as follows|for reference|at all|of theirs',
  { kind: 'filler', isVerb: false },
);
define(
  'showing|shows|along with|together with|as well as the|also calculate|also show the|also return the|then show|then return',
  { kind: 'opener', mood: 'list' },
);
define('.|;|?|!', { kind: 'stop' });
define(
  'share of|proportion of|fraction of|what share of|what proportion of|what fraction of|share|proportion|fraction',
  { kind: 'ratio', isShare: true, scale: 1 },
);
define(
  'percentage of|percent of|what percentage of|what percent of|percentage|what percentage|percentage ratio of|the percentage of all',
  { kind: 'ratio', isShare: true, scale: 100 },
);
define('ratio of|ratio between|ratio|quotient of|ratio of the', { kind: 'ratio', isShare: false, scale: 1 });
for (const unit of [
  'meter',
  'kilometer',
  'mile',
  'foot',
  'kilogram',
  'gram',
  'pound',
  'dollar',
  'euro',
  'minute',
  'hour',
  'second',
  'acre',
  'hectare',
  'liter',
  'percent',
  'cent',
]) {
  const plural = unit === 'foot' ? 'feet' : `${unit}s`;
  define(`${unit}|${plural}|in ${plural}|in ${unit}`, { kind: 'unit', unit });
  define(`square ${unit}|square ${plural}|in square ${plural}`, { kind: 'unit', unit: `square ${unit}` });
  define(`per square ${unit}|people per square ${unit}|in people per square ${unit}`, {
    kind: 'unit',
    unit: `per square ${unit}`,
  });
}
for (const unit of ['day', 'week', 'month', 'year'])
  define(`in ${unit}s|measured in ${unit}s`, { kind: 'unit', unit });
define('in km|km', { kind: 'unit', unit: 'kilometer' });
define('in kg|kg', { kind: 'unit', unit: 'kilogram' });
define('in usd|usd|in us dollars|us dollars', { kind: 'unit', unit: 'dollar' });
define('relative to|compared to|in relation to|versus|divided by|with respect to', {
  kind: 'prep',
  word: 'to',
});
define('out of all|out of the total|out of the|as a share of|as a percentage of', {
  kind: 'prep',
  word: 'out of',
});

define(
  'the|a|an|all|all the|should|should be|must|must be|would|would be|all of the|please|there|there are|there is|do we have|we have|do|does|did|we|our|us|me|i|it|its|their|they|them|his|her|that year|in the database|in our database|in the data|in the system|overall|any|some|he|she|currently|can you|could you|so far|ever|these|those|such|corresponding|respective|also|results|result|value of|values of|value|values|only|just|each of|own|still|yet|already|actually|typically|usually|once|each one|on record|different kinds of|the following|details of|information about|entire|whole|different types of|list of|the list of|to date|up to now|altogether|in all|respectively|you|been|inclusive|inclusive of today|inclusive of today date|both inclusive|inclusive of start and end dates|records|entries',
  { kind: 'filler', isVerb: false },
);
// Verbs that only say that two things belong together; which things, the nouns say.
define(
  'flow|flows|flow through|flows through|run through|runs through|pass through|passes through|crosses|cross|lie|lies|lying|found|reside|resides|residing|originate|originates|belong|wrote|written|write|writes|published|publish|publishes|authored|sent|send|sends|submitted|submit|submits|ordered|bought|sold|purchased|booked|attended|attend|attends|took|taken|take|takes|taught|teach|teaches|enrolled|own|owns|owned|run|runs|hold|holds|operate|operates|operated|prescribed|treated|given|gave|gives|provided|provide|provides|produced|produces|made up|opened|made by|visited|rated|reviewed|posted|listed|sell|sells|selling|buy|buys|buying|made|make|makes|placed|place|exist|exists|belong to|belongs to|belonging to|associated with|associated|related to|registered|recorded|received|receive|recieved|got|contain|contained in|included in|include|done|generated|generate|generates|that were made|handled|handle|assigned to|held|happened|occurred|occur|took place|take place|work in|works in|working in|work at|works at|working at|worked at|work for|works for|presented|presented in|presented at|presented by|belong to any|live in|serve|serves|serving|offer|offers|used|use|uses|created|performed|processed|total up to|bring in|brought in|appear in|appears in|live|lives|located|come|comes',
  { kind: 'filler', isVerb: true },
);

for (const verb of RELATION_VERBS) {
  if (!entries.get(verb)?.some((entry) => entry.kind === 'filler' || entry.kind === 'prep'))
    define(verb, { kind: 'filler', isVerb: true });
}

/** Longest phrase of the lexicon, in words. */
export const LONGEST_PHRASE = Math.max(...[...entries.keys()].map((phrase) => phrase.split(' ').length));

/** All readings of a phrase (lower case, single spaces) that need no schema. */
export const lookUp = (phrase: string): readonly Entry[] => entries.get(phrase) ?? [];
