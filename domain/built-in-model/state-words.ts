import { rootOf, toConcept } from './words.js';

/** Forms of words that say how something went: "success successful succeeded succeed successfully|fail failed failure failing unsuccessful
complete completed completion|cancel cancelled canceled cancellation|approve approved approval|reject rejected rejection
refund refunded|expire expired expiry expiration|attend attended attendance|renew renewed renewal|accept accepted acceptance
verify verified verification|resolve resolved resolution|decline declined|suspend suspended suspension
pending pend|confirm confirmed confirmation|retain retained retention|respond responded response
discontinue discontinued discontinuation|recover recovered recoveryful payments" are those with the state `success`. General English. */
const FAMILIES = `success successful succeeded succeed successfully|fail failed failure failing unsuccessful
complete completed completion|cancel cancelled canceled cancellation|approve approved approval|reject rejected rejection
refund refunded|expire expired expiry expiration|deliver delivered delivery|return returned|attend attended attendance present
pass passed|convert converted conversion|renew renewed renewal|accept accepted acceptance|verify verified verification
resolve resolved resolution|decline declined|suspend suspended suspension|terminate terminated termination|close closed|open opened
pending pend|default defaulted|win won|lose lost|delay delayed|dismiss dismissed|graduate graduated graduation
settle settled settlement|void voided|confirm confirmed confirmation|retain retained retention|respond responded response
discontinue discontinued discontinuation|buy bought buys purchase purchased|sell sold sells|adhere adhered adherence|recover recovered recovery|enroll enrolled enrollment`
  .split(/[|\n]/)
  .map((family) => family.trim().split(/\s+/));

const familyOf = new Map<string, number>();
for (const [index, family] of FAMILIES.entries())
  for (const word of family) for (const form of [word, rootOf(word)]) familyOf.set(form, index);

const find = (word: string): number | undefined =>
  familyOf.get(word) ?? familyOf.get(toConcept(word)) ?? familyOf.get(rootOf(word));

/** Whether two lower-case words are forms of one word for how something went. */
export function areStateForms(a: string, b: string): boolean {
  const family = find(a);
  return family !== undefined && family === find(b);
}
