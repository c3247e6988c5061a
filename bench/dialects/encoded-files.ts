import { createRandom } from '../../examples/sample-company/generator/random.js';

/** A file in an encoding, and what it says. */
export interface EncodedFile {
  name: string;
  encoding: string;
  bytes: Uint8Array;
  text: string;
}

/** Encodings of files that people upload, with languages that are written in them. */
const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  'utf-8': ['de', 'ja', 'ru', 'ar'],
  'utf-16le': ['pl', 'ko'],
  'windows-1252': ['de', 'fr', 'es', 'pt', 'sv', 'fi', 'nl'],
  'iso-8859-1': ['da', 'it'],
  gb18030: ['zh-Hans'],
  big5: ['zh-Hant'],
  shift_jis: ['ja'],
  'euc-jp': ['ja'],
  'euc-kr': ['ko'],
  'windows-1251': ['ru', 'uk', 'bg'],
  'koi8-r': ['ru'],
  'iso-8859-2': ['pl', 'cs', 'hu', 'hr'],
  'windows-1250': ['pl', 'cs', 'hu', 'sk'],
};

/** Names of countries, languages and currencies in a language, from the language data of the runtime. */
function wordsOf(language: string): { countries: string[]; languages: string[]; currencies: string[] } {
  const names = (type: 'region' | 'language' | 'currency', codes: readonly string[]): string[] => {
    const display = new Intl.DisplayNames([language], { type, fallback: 'none' });
    return codes.flatMap((code) => display.of(code) ?? []);
  };
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const pairs = letters.flatMap((a) => letters.map((b) => a + b));
  return {
    countries: names('region', pairs),
    languages: names(
      'language',
      pairs.map((pair) => pair.toLowerCase()),
    ),
    currencies: names('currency', Intl.supportedValuesOf('currency')),
  };
}

/** Characters to bytes, the other way round than the decoder of the runtime has it. */
function createEncoder(encoding: string): (text: string) => Uint8Array | undefined {
  if (encoding === 'utf-8') return (text) => Buffer.from(text);
  if (encoding === 'utf-16le') return (text) => Buffer.from(text, 'utf16le');
  const decoder = new TextDecoder(encoding);
  const bytesOf = new Map<string, number[]>();
  const add = (bytes: number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if ([...text].length === 1 && text !== '\ufffd' && !bytesOf.has(text)) bytesOf.set(text, bytes);
  };
  for (let byte = 0; byte < 256; byte += 1) add([byte]);
  if (/gb|big5|jis|euc/.test(encoding)) {
    for (let lead = 0x81; lead < 0xff; lead += 1)
      for (let trail = 0x40; trail < 0xff; trail += 1) add([lead, trail]);
  }
  return (text) => {
    const bytes: number[] = [];
    for (const character of text) {
      const own = bytesOf.get(character);
      if (!own) return undefined;
      bytes.push(...own);
    }
    return Uint8Array.from(bytes);
  };
}

/** Tables of 4 to 400 rows for each encoding and language; words that the encoding cannot write are left out. */
export function createEncodedFiles(seed: number): EncodedFile[] {
  return Object.entries(LANGUAGES).flatMap(([encoding, languages]) => {
    const encode = createEncoder(encoding);
    return languages.flatMap((language) => {
      const random = createRandom(seed, `${encoding} ${language}`);
      const words = wordsOf(language);
      const usable = (of: string[]): string[] => of.filter((word) => encode(word) && !/[",]/.test(word));
      const columns = [usable(words.countries), usable(words.languages), usable(words.currencies)];
      return [4, 12, 40, 400].flatMap((rows) => {
        const lines = Array.from({ length: rows }, (_, i) => {
          const cells = columns.slice(0, rows === 12 ? 1 : 3).map((of) => of[random.int(0, of.length - 1)]!);
          return [String(i + 1), ...cells, `${random.int(1, 99_999)}.${random.int(10, 99)}`].join(',');
        });
        const text = `${['id', 'country', 'language', 'currency'].slice(0, rows === 12 ? 2 : 4).join(',')},amount\n${lines.join('\n')}\n`;
        return [{ name: `${encoding}_${language}_${rows}`, encoding, bytes: encode(text)!, text }];
      });
    });
  });
}
