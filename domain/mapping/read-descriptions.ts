import { DESCRIPTION_LIMITS } from '../../contracts/schema-mapping.js';
import { isShowableName } from '../prompt/untrusted-text.js';
import { withoutLinks } from '../prompt/without-links.js';

export interface ReadDescriptions {
  descriptions: { target: string; text: string }[];
  /** Entries of the reply that were not taken: of names that were not asked for, too long, with links or markup. */
  dropped: number;
}

/** What a model wrote about the names that it was asked for; undefined when the reply holds no entry at all. */
export function readDescriptions(reply: string, targets: readonly string[]): ReadDescriptions | undefined {
  const entries = entriesOf(reply);
  if (entries.length === 0) return undefined;
  const asked = new Set(targets);
  const descriptions = new Map<string, string>();
  for (const { name, text } of entries) {
    const line = typeof text === 'string' ? text.replace(/\s+/g, ' ').trim() : '';
    if (typeof name !== 'string' || !asked.has(name) || descriptions.has(name) || !isFit(line)) continue;
    descriptions.set(name, line);
  }
  return {
    descriptions: [...descriptions].map(([target, text]) => ({ target, text })),
    dropped: entries.length - descriptions.size,
  };
}

const isFit = (line: string): boolean =>
  line !== '' &&
  line.length <= DESCRIPTION_LIMITS.chars &&
  isShowableName(line) &&
  withoutLinks(line) === line &&
  !/[<>`]/.test(line);

type Entry = Record<string, unknown>;
const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'name' in value && 'text' in value;

/** The entries of the JSON in a reply, or, where it is cut off or spoiled, those that are whole. */
function entriesOf(reply: string): Entry[] {
  const whole = parse(reply.slice(reply.indexOf('{'), reply.lastIndexOf('}') + 1)) as
    | { descriptions?: unknown }
    | undefined;
  if (Array.isArray(whole?.descriptions)) return whole.descriptions.filter(isEntry);
  return [...reply.matchAll(/\{[^{}]*\}/g)].map(([text]) => parse(text)).filter(isEntry);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
