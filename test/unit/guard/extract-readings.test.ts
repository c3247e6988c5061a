import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../../contracts/limits.js';
import { extractReadings } from '../../../domain/guard/extract-readings.js';
import { extractSql } from '../../../domain/guard/extract-sql.js';

const readingsOf = (reply: string): string[] => {
  const extracted = extractSql(reply);
  return extracted && 'refusal' in extracted ? extractReadings(reply, extracted.refusal.message) : [];
};

describe('the readings of an ambiguous question', () => {
  test.each([
    ['as the prompt asks for them', 'AMBIGUOUS: net revenue | gross revenue'],
    ['with marks', '**AMBIGUOUS:** "net revenue" | *gross revenue*'],
    ['as a list in lines', 'AMBIGUOUS:\n1. net revenue\n2) gross revenue'],
    ['as a list with dashes', 'Ambiguous: it can mean two things\n- net revenue\n- gross revenue'],
    ['as JSON', '{"ambiguous": ["net revenue", "gross revenue"]}'],
    [
      'as JSON with a refusal',
      '```json\n{"refusal": "ambiguous_question", "message": "Which?", "readings": ["net revenue", "gross revenue"]}\n```',
    ],
  ])('are found %s', (_, reply) => {
    expect(readingsOf(reply)).toEqual(['net revenue', 'gross revenue']);
  });

  test('are no choice when there is only one, also when it is said twice', () => {
    expect(readingsOf('AMBIGUOUS: net revenue')).toEqual([]);
    expect(readingsOf('AMBIGUOUS: net revenue | net revenue |')).toEqual([]);
  });

  test('are few, short and one line each', () => {
    const many = Array.from({ length: 40 }, (_, n) => `${n} ${'x'.repeat(1_000)}`).join(' | ');
    const readings = readingsOf(`AMBIGUOUS: ${many}`);
    expect(readings).toHaveLength(LIMITS.readings);
    for (const reading of readings) expect(reading.length).toBeLessThanOrEqual(LIMITS.readingChars);
  });

  test('hold no link, image, tag or control character that the model was told to write', () => {
    const readings = readingsOf(
      'AMBIGUOUS: see [the report](https://evil.example/?q=1) | ![x](http://evil.example/p.png) www.evil.example \u001b[31mred <a href="javascript:x">go</a>',
    );
    expect(readings).toHaveLength(2);
    expect(readings.join()).not.toMatch(/evil|https?:|javascript|</);
    expect(readings.join()).not.toContain('\u001b');
  });
});
