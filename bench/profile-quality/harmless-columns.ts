import type { Random } from './random.js';

/** What a column is made for; defects ask for it. */
export type Trait =
  | 'id'
  | 'category'
  | 'city'
  | 'country'
  | 'measure'
  | 'skewed'
  | 'count'
  | 'date'
  | 'series'
  | 'email'
  | 'text'
  | 'code'
  | 'flag'
  | 'name'
  | 'phone'
  /** Nothing is planted in it. */
  | 'other';

export interface TableColumn {
  name: string;
  trait: Trait;
  /** What a notice of personal data should say of it; absent: it is left open (names of players, remarks). */
  personal?: boolean;
  /** As written in the file; null is an empty cell. */
  cells: (string | null)[];
}

const FIRST = [
  'Anna',
  'Ben',
  'Carla',
  'David',
  'Elena',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Katrin',
  'Liam',
  'Mona',
  'Nils',
  'Olga',
  'Pavel',
  'Quentin',
  'Rosa',
  'Sven',
  'Tara',
];
const LAST = [
  'Adler',
  'Brandt',
  'Castillo',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Gruber',
  'Hansen',
  'Ivanov',
  'Jansen',
  'Keller',
  'Lindqvist',
  'Moreau',
  'Novak',
  'Okafor',
  'Petrov',
  'Quinn',
  'Rossi',
  'Schmidt',
  'Tanaka',
];
const CITIES = [
  ['Berlin', 'Germany'],
  ['Munich', 'Germany'],
  ['Hamburg', 'Germany'],
  ['Paris', 'France'],
  ['Lyon', 'France'],
  ['Madrid', 'Spain'],
  ['Barcelona', 'Spain'],
  ['Rome', 'Italy'],
  ['Milan', 'Italy'],
  ['Vienna', 'Austria'],
  ['Zürich', 'Switzerland'],
  ['Kraków', 'Poland'],
] as const;
const CATEGORIES = [
  ['Electronics', 'Furniture', 'Groceries', 'Clothing', 'Stationery', 'Gardening'],
  ['pending', 'shipped', 'delivered', 'returned', 'cancelled'],
  ['Marketing', 'Engineering', 'Finance', 'Operations', 'Legal', 'Research'],
  ['small boxes', 'large boxes', 'pallets', 'containers', 'envelopes'],
  ['north-east', 'north-west', 'south-east', 'south-west', 'central'],
];
const WORDS =
  'the parcel arrived late but customer was happy with colour and size while delivery driver left it at door without ringing so we asked for refund next week again order quality fine nothing else to report'.split(
    ' ',
  );

const MAKERS: Record<
  Exclude<Trait, 'city' | 'country' | 'other'>,
  { names: string[]; make(random: Random, rows: number): (string | null)[] }
> = {
  id: {
    names: ['order_id', 'id', 'customer_id', 'record_no'],
    make: (random, rows) => {
      const start = random.int(1, 90_000);
      return fill(rows, (i) => String(start + i));
    },
  },
  category: {
    names: ['category', 'status', 'department', 'kind', 'segment'],
    make: (random, rows) => {
      const words = random.pick(CATEGORIES);
      return fill(rows, () => random.pick(words));
    },
  },
  measure: {
    names: ['temperature', 'score', 'price', 'pressure', 'width_mm', 'reading'],
    make: (random, rows) => {
      const mean = random.int(20, 900);
      const digits = random.int(1, 3);
      return fill(rows, () => Math.abs(random.normal(mean, mean / 8)).toFixed(digits));
    },
  },
  skewed: {
    names: ['revenue', 'duration_s', 'bytes_sent', 'salary'],
    make: (random, rows) => {
      const scale = random.int(10, 5000);
      const sigma = 0.4 + random.next() * 0.8;
      return fill(rows, () => (scale * Math.exp(random.normal(0, sigma))).toFixed(2));
    },
  },
  count: {
    names: ['quantity', 'items', 'visits', 'age'],
    make: (random, rows) => {
      const high = random.int(6, 80);
      return fill(rows, () => String(random.int(1, high)));
    },
  },
  date: {
    names: ['ordered_on', 'created', 'signup_date', 'due'],
    make: (random, rows) => {
      const start = Date.UTC(random.int(2012, 2021), random.int(0, 11), 1);
      const span = random.int(200, 1500);
      return fill(rows, () => isoDate(start + random.int(0, span) * 86_400_000));
    },
  },
  series: {
    names: ['day', 'date', 'measured_on'],
    make: (random, rows) => {
      const start = Date.UTC(random.int(2005, 2021), random.int(0, 11), random.int(1, 28));
      return fill(rows, (i) => isoDate(start + i * 86_400_000));
    },
  },
  email: {
    names: ['email', 'contact_email', 'mail'],
    make: (random, rows) =>
      fill(rows, () =>
        `${random.pick(FIRST)}.${random.pick(LAST)}${random.int(1, 9999)}@${random.pick(['example.org', 'mail.example.com', 'firma.example'])}`.toLowerCase(),
      ),
  },
  phone: {
    names: ['phone', 'mobile', 'telephone'],
    make: (random, rows) =>
      fill(rows, () => `+49 ${random.int(151, 179)} ${random.int(1_000_000, 9_999_999)}`),
  },
  text: {
    names: ['comment', 'notes', 'description'],
    make: (random, rows) => fill(rows, () => fill(random.int(4, 14), () => random.pick(WORDS)).join(' ')),
  },
  code: {
    names: ['sku', 'postcode', 'batch'],
    make: (random, rows) => {
      const kinds = fill(
        random.int(20, 60),
        () =>
          `${random.pick(['A', 'B', 'C', 'K'])}${random.pick(['X', 'Y', 'Z'])}-${String(random.int(0, 999)).padStart(3, '0')}`,
      );
      return fill(rows, () => random.pick(kinds));
    },
  },
  flag: {
    names: ['active', 'is_member', 'paid'],
    make: (random, rows) => {
      const [yes, no] = random.pick([
        ['yes', 'no'],
        ['true', 'false'],
        ['Y', 'N'],
      ] as const);
      return fill(rows, () => (random.chance(0.6) ? yes : no));
    },
  },
  name: {
    names: ['full_name', 'customer_name', 'contact'],
    make: (random, rows) => fill(rows, () => `${random.pick(FIRST)} ${random.pick(LAST)}`),
  },
};

export const isoDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const fill = <Item>(count: number, make: (i: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** A table without defects: an id or a series of days, a city with its country, and some other columns; a few cells are empty. */
export function makeHarmlessTable(random: Random, rows: number): TableColumn[] {
  const columns: TableColumn[] = [];
  const add = (trait: Trait, name: string, cells: (string | null)[]): void => {
    const personal = { personal: ['email', 'phone', 'name'].includes(trait) };
    columns.push({
      trait,
      ...(trait === 'text' ? {} : personal),
      name: columns.some((other) => other.name === name) ? `${name}_2` : name,
      cells,
    });
  };
  const make = (trait: Exclude<Trait, 'city' | 'country' | 'other'>): void => {
    const maker = MAKERS[trait];
    add(trait, random.pick(maker.names), maker.make(random, rows));
  };
  make(random.chance(0.7) ? 'id' : 'series');
  const places = fill(rows, () => random.pick(CITIES));
  add(
    'city',
    'city',
    places.map(([city]) => city),
  );
  add(
    'country',
    'country',
    places.map(([, country]) => country),
  );
  const others = Object.keys(MAKERS).filter((trait) => trait !== 'id' && trait !== 'series') as Exclude<
    Trait,
    'city' | 'country' | 'other'
  >[];
  for (const trait of others) if (random.chance(0.75)) make(trait);
  for (const column of columns) {
    if (['id', 'series', 'city', 'country'].includes(column.trait) || !random.chance(0.3)) continue;
    const share = random.next() * 0.25;
    column.cells = column.cells.map((cell) => (random.chance(share) ? null : cell));
  }
  return columns;
}
