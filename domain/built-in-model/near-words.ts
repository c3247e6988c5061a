/**
 * Words that name the same thing in a question and in a schema although neither ending nor synonym says so: verbs and their
 * nouns, and how names shorten words. General English; nothing here may come from one particular database.
 */
const FAMILIES = `
admit admission admitted|depart departure dep dept_time|arrive arrival arr|deliver delivery delivered dlvry|register registration reg
subscribe subscription subscriber subscr sub|resolve resolution resolved|enroll enrol enrollment enrolment|pay payment paid|ship shipment
employ employment employee|graduate graduation|publish publication published|produce production producer|direct direction director
destination dest|origin orig|maximum max|minimum min|temperature temp|record rec|message msg|duration length|speed velocity
salary wage income earning earn pay compensation|price cost|freight shipping|mileage odometer|marriage married|founded founding established formed
complain complaint|treat treatment|diagnose diagnosis|prescribe prescription|appoint appointment|reserve reservation booking
purchase bought|approve approval|cancel cancellation|complete completion completed|expire expiry expiration|renew renewal
submit submission|donate donation donor|attend attendance attendee|respond response|transfer transferred|invest investment investor
lend loan|borrow borrowing borrower|insure insurance insurer|manufacture manufacturer make|own owner ownership|rent rental
rate rating|review reviewer|score point|headcount employee|specialty specialization specialisation|profession occupation job
nationality country|language lang|description desc|percentage percent pct|quantity qty|latitude lat|longitude lng lon
begin start|finish end|close closing closed|open opening opened|launch launched release|release released|sign signed signup join joined joining
terminate termination terminated fired dismissed|hire hiring hired|visit visitor|play player|coach trainer|win winner won|lose loss lost|follow follower
view viewer|listen listener|watch viewing|spend spending spent|consume consumption|use usage|cost expense charge|cuisine food|fee charge
area surface|population inhabitant|birthdate birthday dob|spouse partner|capacity cap|longest length|height tall|weight weigh heavy`
  .split(/[|\n]/)
  .map((family) => family.trim().split(/\s+/))
  .filter((family) => family.length > 1);

const familiesOf = new Map<string, Set<number>>();
for (const [index, family] of FAMILIES.entries())
  for (const word of family) familiesOf.set(word, (familiesOf.get(word) ?? new Set()).add(index));

/** Whether both stand in one family, each as a concept (`admission`) or a verb form of it (`admitted`). */
export function areNear(a: readonly string[], b: readonly string[]): boolean {
  const families = new Set(a.flatMap((word) => [...(familiesOf.get(word) ?? [])]));
  return b.some((word) => [...(familiesOf.get(word) ?? [])].some((family) => families.has(family)));
}

/**
 * Whether a word of a name shortens a word by leaving its end out (`subscr` of subscription, `dest` of destination) or its
 * vowels (`cstmr`). At least three letters, and at least three are left out.
 */
export function isShortFor(short: string, word: string): boolean {
  if (short.length < 3 || word.length - short.length < 3 || !/^[a-z]+$/.test(short)) return false;
  if (word.startsWith(short)) return short.length >= 4 || !/[aeiouy]$/.test(short);
  const consonants = word[0]! + word.slice(1).replace(/[aeiouy]/g, '');
  return short.length >= 4 && consonants === short;
}
