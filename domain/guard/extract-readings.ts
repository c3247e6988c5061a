import { LIMITS } from '../../contracts/limits.js';
import { untrustedLine } from '../prompt/untrusted-text.js';
import { withoutLinks } from '../prompt/without-links.js';

const LIST_KEYS = ['readings', 'choices', 'options', 'interpretations', 'ambiguous', 'ambiguous_question'];
const LIST_ITEM = /^\s*(?:[-*•]|\(?\d{1,2}[.):]|\(?[a-f][.)])\s+(.+)$/i;

/**
 * The readings among which a model cannot choose, as the prompt asks for them (`first | second`) or as models write them instead:
 * a JSON list, or the items of a list in lines. Empty when there are fewer than two. They are the model's words for a person: one
 * line each, without links.
 *
 * @param message what stood behind the marker
 */
export function extractReadings(reply: string, message: string): string[] {
  const candidates = [message.split(/\s*\|\s*/), fromJson(reply), fromLines(reply)];
  for (const candidate of candidates) {
    const readings = [...new Set(candidate.map(shown).filter((reading) => reading !== ''))];
    if (readings.length >= 2) return readings.slice(0, LIMITS.readings);
  }
  return [];
}

const shown = (reading: string): string =>
  untrustedLine(
    withoutLinks(reading)
      .trim()
      .replace(/^["'*`]+|["'*`]+$/g, ''),
    LIMITS.readingChars - 1,
  );

function fromJson(reply: string): string[] {
  const start = reply.indexOf('{');
  const end = reply.lastIndexOf('}');
  if (start < 0 || end < start) return [];
  try {
    const json = JSON.parse(reply.slice(start, end + 1)) as Record<string, unknown>;
    const list = LIST_KEYS.map((key) => json[key]).find(Array.isArray) ?? [];
    return list.filter((item): item is string => typeof item === 'string');
  } catch {
    return [];
  }
}

const fromLines = (reply: string): string[] =>
  reply.split('\n').flatMap((line) => LIST_ITEM.exec(line)?.[1] ?? []);
