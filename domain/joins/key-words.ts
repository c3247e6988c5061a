/** Last words of columns that point to a thing or name it for machines. */
const KEY_WORDS = new Set([
  'id',
  'key',
  'code',
  'no',
  'nr',
  'num',
  'number',
  'uuid',
  'guid',
  'sk',
  'fk',
  'pk',
  'ref',
]);

export const isKeyWord = (word: string): boolean => KEY_WORDS.has(word);

/** Types that keys have, as families whose members compare with each other; undefined for others. */
export function keyFamily(dataType: string): 'integer' | 'text' | 'uuid' | undefined {
  if (
    /^(smallint|integer|bigint|int\d*|tinyint|mediumint|numeric\(\d+(,0)?\)|(numeric|decimal)$)( unsigned)?/i.test(
      dataType,
    )
  )
    return 'integer';
  if (/^uuid/i.test(dataType)) return 'uuid';
  if (/^(text|character|varchar|char|citext|bpchar|name\b)/i.test(dataType)) return 'text';
  return undefined;
}
