/**
 * Verbs that only say that two things belong together ("passengers who flew in …", "calls made to …"): which things, the nouns
 * around them say. Left out on purpose are verbs that choose among things (cancel, return, fail, win, approve, expire, resolve, reach, achieve, meet):
 * where a schema has no word for those, the question cannot be answered.
 */
const REGULAR =
  `travel operate treat examine study learn play perform stream listen watch view visit file submit carry transport haul move
  contain cover employ host author compose record act direct produce supply stock store cast cite mention upload download rent lease borrow
  donate contribute invest trade transact charge manage supervise head assign consume obtain acquire score prescribe
  book order request occur happen appear feature belong involve associate relate concern conduct serve handle log track monitor enroll enrol
  own use teach attend give take make send buy sell place receive issue list offer provide publish release launch start open
  register create generate process post rate review live work reside locate base originate depart arrive land connect link load process
  join train care coach drive ride cook cater stay check lodge deposit withdraw transfer hire recruit schedule hold organize organise
  deliver ship collect gather inspect repair maintain install plant grow harvest raise breed feed adopt
  bill invoice quote report cause accumulate represent compete participate join enter star sing dance`.split(
    /\s+/,
  );

const IRREGULAR =
  `fly flies flew flown flying see sees saw seen seeing write writes wrote written sing sang sung drive drove driven ride rode ridden
  give gave given take took taken make made bring brought brings buy bought sell sold send sent teach taught read reads hold held
  run ran running lead led leads grow grew grown feed fed get gets got getting go goes went gone come came begin began spend spends spent
  pay pays earn earns earned do did done has had have keep keeps kept say find found sit lie lay lies take_off lend lent
  undergo underwent undergone`.split(/\s+/);

const PARTICLES = [
  '',
  ' to',
  ' in',
  ' by',
  ' for',
  ' from',
  ' on',
  ' at',
  ' with',
  ' through',
  ' into',
  ' off',
  ' up',
  ' out of',
  ' about',
];

/** Only when followed by no number or comparison do "pay" and "earn" say no more than that. */
const MEASURING = new Set([
  'pay',
  'pays',
  'spend',
  'spends',
  'spent',
  'earn',
  'earns',
  'earned',
  'lay',
  'say',
  'found',
  'lead',
  'have',
  'has',
  'had',
  'do',
  'did',
  'done',
]);

/** Nouns too: as verbs only their participles are taken. */
const NOUNS = new Set(
  `score report cause issue process list place order record charge bill invoice quote star rate cast visit view play work study
  cover stock supply store stay check lodge deposit transfer schedule ship train care coach drive ride cook dance link load use host
  author act stream watch file transport haul move mention upload download rent lease trade log track post review release launch start
  live base land open repair plant harvest breed feed attend head compete release concern purchase book`.split(
    /\s+/,
  ),
);

function inflect(verb: string): string[] {
  const stem = verb.endsWith('e') ? verb.slice(0, -1) : verb;
  const y = /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}i` : null;
  const double = /^(ship|log|star|transfer|transit|plan|stop|submit|rent_)$/.test(verb)
    ? verb + verb.at(-1)!
    : stem;
  const third = y ? `${y}es` : /(s|sh|ch|x|z)$/.test(verb) ? `${verb}es` : `${verb}s`;
  const participles = [y ? `${y}ed` : `${double}ed`, `${double}ing`];
  return NOUNS.has(verb) ? participles : [verb, third, ...participles];
}

/** All forms, with the prepositions that go with them. */
export const RELATION_VERBS: readonly string[] = [
  ...new Set(
    [
      ...REGULAR.flatMap(inflect),
      ...['carry out', 'carries out', 'carried out', 'carrying out'],
      ...IRREGULAR.filter((verb) => !MEASURING.has(verb) && !verb.includes('_')),
    ].flatMap((verb) =>
      PARTICLES.filter((particle) => particle !== ' by' || /(ed|en|[dt])$/.test(verb)).map(
        (particle) => `${verb}${particle}`,
      ),
    ),
  ),
];
