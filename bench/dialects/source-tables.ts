import { createRandom, type Random } from '../../examples/sample-company/generator/random.js';

export interface SourceTable {
  name: string;
  header: string[];
  rows: string[][];
  /** Quote every cell, or only those that need it. */
  quoteAll: boolean;
}

const WORDS =
  'rain boots, cotton|wool hat|men\'s jacket|tent 24" wide|camp stove|trail map, north|kids\' shirt|lamp "nova"|bottle|rope 8 mm|café chair|straße map'.split(
    '|',
  );
const CITIES = ['Berlin', 'New York, NY', 'São Paulo', 'Köln', "L'Aquila", 'Oslo', 'Kraków', 'Lyon'];
const NAMES = [
  'Ada Byron',
  'Grace Hopper',
  "Sinéad O'Connor",
  'Jürgen Groß',
  'Ana Paula',
  'Li Wei',
  'Tomás Novák',
];

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
const day = (random: Random): string =>
  `${pad(random.int(1, 28))}/${pad(random.int(1, 12))}/20${random.int(15, 24)}`;
const isoDay = (random: Random): string =>
  `20${random.int(15, 24)}-${pad(random.int(1, 12))}-${pad(random.int(1, 28))}`;
const words = (random: Random, least: number, most: number): string =>
  Array.from({ length: random.int(least, most) }, () => random.pick(WORDS)).join(' and ');

/** Clean tables of several kinds and sizes, the same for the same seed. */
export function createSourceTables(seed: number): SourceTable[] {
  const random = createRandom(seed, 'dialects');
  const rows = (count: number, row: (index: number) => string[]): string[][] =>
    Array.from({ length: count }, (_, index) => row(index));
  return [
    {
      name: 'sales',
      quoteAll: true,
      header: ['DATE', 'TIME', 'Qty', 'PRODUCTID', 'Price', 'ProductType', 'Description', 'URL', 'Comments'],
      rows: rows(60, (index) => [
        day(random),
        `${pad(random.int(0, 23))}:${pad(random.int(0, 59))}`,
        String(random.int(0, 40)),
        `${random.pick(['MG', 'RI', 'CC'])}-${random.int(1000, 9999)}`,
        `$${random.int(1, 99)}.${pad(random.int(0, 99))}`,
        random.pick(WORDS),
        words(random, 2, 5),
        `https://shop.example/p/${index}.html`,
        random.chance(0.8) ? '' : random.pick(['ok', 'late', 'returned']),
      ]),
    },
    {
      name: 'people',
      quoteAll: false,
      header: ['id', 'full_name', 'city', 'email', 'born', 'score'],
      rows: rows(40, (index) => [
        String(index + 1),
        random.pick(NAMES),
        random.pick(CITIES),
        `user${index}@mail.example`,
        isoDay(random),
        (random.next() * 10).toFixed(2),
      ]),
    },
    {
      name: 'sensors',
      quoteAll: false,
      header: ['station', 'measured_at', 'temperature', 'humidity'],
      rows: rows(120, () => [
        `ST${random.int(10, 40)}`,
        `${isoDay(random)} ${pad(random.int(0, 23))}:${pad(random.int(0, 59))}:00`,
        (random.next() * 40 - 10).toFixed(1),
        String(random.int(20, 99)),
      ]),
    },
    {
      name: 'authors',
      quoteAll: true,
      header: ['Author', 'Title', 'Publisher', 'Country'],
      rows: rows(30, (index) => [
        random.pick(NAMES),
        `${random.pick(WORDS)} ${index}`,
        random.pick(['North Press', 'Verlag & Sohn', 'Casa Livros']),
        random.pick(['Germany', 'Brazil', 'Norway', 'France']),
      ]),
    },
    {
      name: 'ledger',
      quoteAll: false,
      header: ['Account', 'Period', 'Debit', 'Credit', 'Note'],
      rows: rows(25, () => [
        String(random.int(1000, 9999)),
        `20${random.int(15, 24)}-${pad(random.int(1, 12))}`,
        `${random.int(1, 9)},${pad(random.int(0, 999), 3)}.${pad(random.int(0, 99))}`,
        random.chance(0.5) ? '' : `${random.int(1, 999)}.00`,
        random.pick(['opening, carried over', 'rent', 'fees', 'said "urgent"']),
      ]),
    },
  ];
}
