// Over 400 lines: one table of the domains that harmless tables are from.
import { isoDate, type TableColumn, type Trait } from './harmless-columns.js';
import type { Random } from './random.js';
import {
  CITIES,
  FAMILY_NAMES,
  FIRST_NAMES,
  JOB_TITLES,
  PLACE_BEGINNINGS,
  PLACE_ENDINGS,
  REMARKS,
} from './vocabularies.js';

const fill = <Item>(count: number, make: (i: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Picks an item, the first ones far more often than the last ones (Zipf). */
function zipf<Item>(random: Random, items: readonly Item[]): Item {
  const total = items.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  let left = random.next() * total;
  for (const [i, item] of items.entries()) {
    left -= 1 / (i + 1);
    if (left <= 0) return item;
  }
  return items[0]!;
}
const pareto = (random: Random, least: number, alpha: number): number =>
  least / (1 - random.next()) ** (1 / alpha);
const logNormal = (random: Random, median: number, sigma: number): number =>
  median * Math.exp(random.normal(0, sigma));
const whole = (value: number): string => String(Math.round(value));
const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const DAY = 86_400_000;

const PERSONAL = new Set([
  'first_name',
  'last_name',
  'work_email',
  'phone',
  'client',
  'iban',
  'ssn',
  'date_of_birth',
  'mobile',
  'card',
  'card_no',
  'telephone_no',
  'home_address',
  'born_birthdate',
]);
const OPEN = new Set(['scorer', 'referee', 'username']);

/** Columns by name, in order; the trait says which defects may be planted in it. */
class Table {
  readonly columns: TableColumn[] = [];
  constructor(
    readonly random: Random,
    readonly rows: number,
  ) {}
  add(trait: Trait, name: string, cell: (i: number) => string | null): this {
    const isOpen = trait === 'text' || OPEN.has(name);
    const truth = isOpen ? {} : { personal: PERSONAL.has(name) };
    this.columns.push({ trait, name, ...truth, cells: fill(this.rows, cell) });
    return this;
  }
  /** The last column loses some cells, up to the share. */
  gaps(most: number): this {
    const share = this.random.next() * most;
    const { cells } = this.columns.at(-1)!;
    for (const [i] of cells.entries()) if (this.random.chance(share)) cells[i] = null;
    return this;
  }
}

const date = (random: Random, from: number, days: number): number =>
  from + Math.floor(random.next() * days) * DAY;

function hospital(t: Table): void {
  const { random: r } = t;
  const start = Date.UTC(r.int(2010, 2022), 0, 1);
  const first = r.int(1, 80_000);
  t.add('other', 'patient_id', (i) => `P-${pad(first + i, 6)}`)
    .add('other', 'admitted_at', () => stamp(start + Math.floor(r.next() * 400 * DAY)))
    .add('category', 'ward', () =>
      zipf(r, [
        'Cardiology',
        'Oncology',
        'Neurology',
        'Nephrology',
        'Urology',
        'Geriatrics',
        'Paediatrics',
        'Dermatology',
      ]),
    )
    .add('other', 'sex', () => zipf(r, ['F', 'M', 'X']))
    .add('other', 'blood_type', () => zipf(r, ['O+', 'A+', 'B+', 'O-', 'A-', 'AB+', 'B-', 'AB-']))
    .add('count', 'age', () =>
      whole(r.chance(0.15) ? r.int(0, 3) : Math.min(101, Math.abs(r.normal(62, 19)))),
    )
    .add('measure', 'temperature_c', () => (36.2 + Math.abs(r.normal(0.4, 0.7))).toFixed(1))
    .gaps(0.1)
    .add('skewed', 'crp_mg_l', () => logNormal(r, 6, 1.5).toFixed(1))
    .gaps(0.3)
    .add('other', 'length_of_stay', () => whole(pareto(r, 1, 1.6)))
    .add('other', 'diagnosis', () => `${r.pick([...'ICEKJM'])}${pad(r.int(0, 99), 2)}.${r.int(0, 9)}`)
    .add('other', 'outcome', () =>
      r.chance(0.96) ? 'discharged' : r.pick(['transferred', 'deceased', 'left against advice']),
    )
    .add('text', 'remarks', () => remark(r))
    .gaps(0.4);
}

function retail(t: Table): void {
  const { random: r } = t;
  const items = fill(r.int(40, 300), (n) => ({
    code: `${10_000 + n * 251 + r.int(0, 250)}${r.chance(0.15) ? r.pick([...'ABCDELMNSW']) : ''}`,
    text: fill(r.int(3, 5), () =>
      r.pick(
        'WHITE RED METAL LANTERN HEART HOLDER TIN VINTAGE BAG RETROSPOT SET PAPER CUPS CHRISTMAS LUNCH BOX MUG GLASS STAR'.split(
          ' ',
        ),
      ),
    ).join(' '),
    price: logNormal(r, 2.5, 0.9).toFixed(2),
  }));
  const picked = fill(t.rows, () => zipf(r, items));
  const start = Date.UTC(r.int(2009, 2020), r.int(0, 11), 1, 8);
  let invoice = r.int(480_000, 560_000);
  let at = start;
  const heads = fill(t.rows, () => {
    if (r.chance(0.2)) {
      invoice += r.int(1, 3);
      at += r.int(1, 90) * 60_000;
    }
    return { invoice, at, customer: r.chance(0.2) ? null : String(r.int(12_346, 18_287)) };
  });
  t.add('other', 'invoice', (i) => String(heads[i]!.invoice))
    .add('other', 'line_id', (i) => `${heads[0]!.invoice}-${pad(i, 5)}`)
    .add('other', 'stock_code', (i) => picked[i]!.code)
    .add('other', 'item', (i) => picked[i]!.text)
    .add('other', 'units', () => (r.chance(0.02) ? `-${r.int(1, 12)}` : whole(pareto(r, 1, 1.1) % 3000)))
    .add('other', 'invoiced_at', (i) => stamp(heads[i]!.at))
    .add('other', 'unit_price', (i) => picked[i]!.price)
    .add('other', 'customer', (i) => heads[i]!.customer)
    .add('other', 'market', () =>
      r.chance(0.9)
        ? 'United Kingdom'
        : zipf(r, ['Germany', 'France', 'EIRE', 'Spain', 'Austria', 'Australia', 'Channel Islands']),
    );
}

function staff(t: Table): void {
  const { random: r } = t;
  const people = fill(t.rows, () => [zipf(r, FIRST_NAMES), zipf(r, FAMILY_NAMES)] as const);
  const sites = fill(r.int(8, 30), () => place(r));
  t.add('id', 'employee_no', (i) => String(10_001 + i))
    .add('other', 'first_name', (i) => people[i]![0])
    .add('other', 'last_name', (i) => people[i]![1])
    .add('email', 'work_email', (i) => `${plain(people[i]![0])}.${plain(people[i]![1])}${i}@corp.example`)
    .add('category', 'job_title', () => zipf(r, JOB_TITLES))
    .add('other', 'grade', () => zipf(r, ['B', 'B+', 'A-', 'C', 'A', 'B-', 'C+', 'A+']))
    .add('city', 'site', () => zipf(r, sites))
    .add('date', 'hired', () => isoDate(date(r, Date.UTC(1998, 0, 1), 9000)))
    .add('other', 'left_on', () => isoDate(date(r, Date.UTC(2019, 0, 1), 1400)))
    .gaps(0.45)
    .add('other', 'salary', () => String(Math.round(logNormal(r, 52_000, 0.35) / 500) * 500))
    .add('other', 'fte', () => (r.chance(0.85) ? '1' : r.pick(['0.8', '0.5', '0.6'])))
    .add('phone', 'phone', () => `+1 ${r.int(201, 989)}-${r.int(200, 989)}-${pad(r.int(0, 9999), 4)}`)
    .add('other', 'extension', () => pad(r.int(0, 9999), 4))
    .gaps(0.3)
    .add('flag', 'remote', () => (r.chance(0.3) ? 'yes' : 'no'));
}

function weather(t: Table): void {
  const { random: r } = t;
  const start = Date.UTC(r.int(1990, 2020), r.int(0, 11), 1);
  const mean = r.int(-2, 18);
  const season = fill(t.rows, (i) => mean + 10 * Math.sin((i / 365) * 2 * Math.PI) + r.normal(0, 4));
  t.add('series', 'day', (i) => isoDate(start + i * DAY))
    .add('other', 'tmin', (i) => (season[i]! - 4 - 3 * r.next()).toFixed(1))
    .add('other', 'tmax', (i) => (season[i]! + 4 + 5 * r.next()).toFixed(1))
    .add('other', 'rain_mm', () =>
      r.chance(0.45 + r.next() * 0.3) ? '0.0' : logNormal(r, 2.5, 1.3).toFixed(1),
    )
    .add('other', 'snow_cm', () => (r.chance(0.93) ? '0' : String(r.int(1, 38))))
    .add('other', 'wind_dir', () => String(r.int(0, 35) * 10))
    .add('measure', 'wind_speed', () => (1 + Math.sqrt(-Math.log(1 - r.next())) * 4).toFixed(1))
    .add('measure', 'pressure_hpa', () => r.normal(1014, 9).toFixed(1))
    .add('other', 'cloud_oktas', () => String(r.int(0, 8)))
    .add('other', 'sunshine_h', () => (r.chance(0.25) ? '0.0' : (r.next() * 14).toFixed(1)))
    .gaps(0.1)
    .add('other', 'quality', () => zipf(r, ['3', '5', '7', '10']));
}

function census(t: Table): void {
  const { random: r } = t;
  const states = fill(r.int(5, 40), (i) => ({ code: pad(i + 1, 2), name: place(r) }));
  const of = fill(t.rows, () => r.pick(states));
  const people = fill(t.rows, () => Math.round(pareto(r, 300, 0.9 + r.next() * 0.4)));
  t.add('other', 'geo_code', (i) => `${of[i]!.code}${pad(i + 1, 4)}`)
    .add(
      'other',
      'municipality',
      () => `${place(r)}${r.chance(0.2) ? ` ${r.pick(['am See', 'Nord', 'Süd', 'Stadt'])}` : ''}`,
    )
    .add('other', 'state', (i) => of[i]!.name)
    .add('other', 'state_code', (i) => of[i]!.code)
    .add('other', 'population', (i) => String(people[i]))
    .add('other', 'area_km2', () => logNormal(r, 24, 0.9).toFixed(2))
    .add('other', 'households', (i) => whole(people[i]! / (2 + r.next() * 0.6)))
    .add('measure', 'turnout', () => Math.min(96, r.normal(67, 7)).toFixed(1))
    .add('other', 'change_pct', () => r.normal(0.2, 1.8).toFixed(2))
    .add('category', 'party', () =>
      zipf(r, ['Conservative', 'Social Democrats', 'Greens', 'Liberal', 'Independent', 'Liberal Democrats']),
    )
    .add('other', 'urban', () => (r.chance(0.25) ? '1' : '0'));
}

function webLog(t: Table): void {
  const { random: r } = t;
  let at = Date.UTC(r.int(2018, 2024), r.int(0, 11), r.int(1, 28));
  const paths = fill(
    r.int(20, 120),
    () =>
      `/${fill(r.int(1, 3), () => r.pick('shop cart blog api v1 v2 users items static img search login about'.split(' '))).join('/')}`,
  );
  t.add('other', 'request_id', () => hex(r, 16))
    .add('other', 'time', () => {
      at += Math.round(-Math.log(1 - r.next()) * 4000);
      return `${new Date(at).toISOString().slice(0, 19)}Z`;
    })
    .add('other', 'client', () => fill(4, () => r.int(1, 254)).join('.'))
    .add('other', 'method', () => zipf(r, ['GET', 'POST', 'HEAD', 'PUT', 'DELETE']))
    .add('other', 'path', () => zipf(r, paths))
    .add('other', 'status', () => zipf(r, ['200', '304', '404', '301', '500', '503']))
    .add('other', 'bytes', () => (r.chance(0.1) ? '0' : whole(logNormal(r, 9000, 1.8))))
    .add('other', 'latency_ms', () => pareto(r, 4, 1.2).toFixed(0))
    .add(
      'other',
      'agent',
      () =>
        `Mozilla/5.0 (${r.pick(['X11; Linux x86_64', 'Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7'])}) ${r.pick(['Firefox', 'Chrome', 'Safari'])}/${r.int(80, 121)}.0`,
    )
    .add('other', 'version', () => `${r.int(1, 4)}.${r.int(0, 12)}.${r.int(0, 9)}`);
}

function films(t: Table): void {
  const { random: r } = t;
  const noun = 'House Night Ghost River Summer War Heart Stranger Island King Moon Garden'.split(' ');
  t.add('other', 'imdb', (i) => `tt${pad(100_000 + i * 7, 7)}`)
    .add('other', 'title', () =>
      r.pick([
        () => `The ${r.pick(noun)} of ${r.pick(noun)}`,
        () => `${r.pick(noun)}: Part ${r.pick(['I', 'II', 'III'])}`,
        () => `Who's ${r.pick(noun)}?`,
        () => `${r.int(1, 2099)}`,
        () => `“${r.pick(noun)}”, she said`,
        () => `${r.pick(noun)} & ${r.pick(noun)} (${r.pick(['Remake', 'TV'])})`,
      ])(),
    )
    .add('other', 'year', () => whole(2024 - (pareto(r, 1, 0.9) % 95)))
    .add('count', 'runtime_min', () => whole(Math.max(41, r.normal(104, 17))))
    .add('measure', 'rating', () => Math.max(1.1, Math.min(9.4, r.normal(6.3, 1))).toFixed(1))
    .add('other', 'votes', () => whole(pareto(r, 12, 0.7) % 2_500_000))
    .add('other', 'budget', () => String(Math.round(logNormal(r, 9_000_000, 1.3) / 100_000) * 100_000))
    .gaps(0.4)
    .add('other', 'genres', () =>
      [
        ...new Set(
          fill(r.int(1, 3), () => zipf(r, ['Drama', 'Comedy', 'Thriller', 'Horror', 'Romance', 'Sci-Fi'])),
        ),
      ].join('|'),
    )
    .add('other', 'language', () => zipf(r, ['en', 'fr', 'hi', 'ja', 'no', 'es', 'de']))
    .add('other', 'certificate', () => zipf(r, ['R', 'PG-13', 'PG', 'G', 'NC-17']))
    .add('other', 'colour', () => (r.chance(0.93) ? 'Color' : 'Black and White'));
}

function genes(t: Table): void {
  const { random: r } = t;
  t.add('other', 'probe', (i) => `ILMN_${1_343_291 + i * 3}`)
    .add(
      'other',
      'symbol',
      (i) =>
        `${fill(3, () => r.pick([...'ABCDFGHKLMNPRST'])).join('')}${i % 29}${r.chance(0.1) ? `-AS${r.int(1, 3)}` : ''}`,
    )
    .add('other', 'chrom', () => (r.chance(0.94) ? String(r.int(1, 22)) : r.pick(['X', 'Y', 'MT'])))
    .add('other', 'start_pos', () => String(r.int(10_000, 240_000_000)))
    .add('other', 'strand', () => (r.chance(0.5) ? '+' : '-'))
    .add('other', 'log2_fold', () => r.normal(0, 0.8).toFixed(4))
    .add('other', 'p_value', () => (r.next() ** r.int(1, 12)).toPrecision(3))
    .add('measure', 'mean_expr', () => (6 + Math.abs(r.normal(2, 1.4))).toFixed(3))
    .add('flag', 'significant', () => (r.chance(0.1) ? 'true' : 'false'))
    .add('other', 'biotype', () =>
      zipf(r, ['protein_coding', 'lncRNA', 'miRNA', 'snRNA', 'snoRNA', 'pseudogene']),
    );
}

function transit(t: Table): void {
  const { random: r } = t;
  const stops = fill(r.int(20, 80), () => ({
    name: `${place(r)} ${r.pick(['Street', 'Square', 'Station', 'Bridge'])}`,
    lat: 48 + r.next() * 2,
    lon: 7 + r.next() * 5,
  }));
  const lines = [...fill(r.int(6, 20), (i) => String(i + 1)), ...fill(r.int(1, 4), (i) => `N${i + 1}`)];
  const of = fill(t.rows, () => r.pick(stops));
  const start = Date.UTC(2022, r.int(0, 11), 1);
  t.add('other', 'trip', () => hex(r, 10))
    .add('other', 'line', () => r.pick(lines))
    .add('other', 'stop', (i) => of[i]!.name)
    .add('other', 'lat', (i) => of[i]!.lat.toFixed(5))
    .add('other', 'lon', (i) => of[i]!.lon.toFixed(5))
    .add('other', 'service_day', () => isoDate(date(r, start, 60)))
    .add('other', 'planned', () => `${pad(r.int(4, 23), 2)}:${pad(r.int(0, 59), 2)}`)
    .add('other', 'delay_s', () => whole(r.chance(0.25) ? -r.int(0, 90) : pareto(r, 10, 1.3) - 10))
    .add('category', 'direction', () => r.pick(['inbound', 'outbound']))
    .add('count', 'boarding', () => whole(Math.max(0, r.normal(9, 5))))
    .add('other', 'vehicle', () => `${r.int(400, 480)}`);
}

function survey(t: Table): void {
  const { random: r } = t;
  t.add('id', 'respondent_id', (i) => String(3_230_000_000 + i * 13))
    .add('other', 'satisfaction', () =>
      zipf(r, [
        'Satisfied',
        'Very satisfied',
        'Dissatisfied',
        'Neither satisfied nor dissatisfied',
        'Very dissatisfied',
        "Don't know",
      ]),
    )
    .add('other', 'age_group', () => r.pick(['18-29', '30-44', '45-60', '> 60']))
    .add('other', 'income', () =>
      zipf(r, ['$25,000 - $49,999', '$50,000 - $99,999', '$0 - $24,999', '$100,000 - $149,999', '$150,000+']),
    )
    .gaps(0.3)
    .add('other', 'region', () =>
      zipf(r, [
        'South Atlantic',
        'East North Central',
        'West North Central',
        'East South Central',
        'Pacific',
        'Middle Atlantic',
        'Mountain',
      ]),
    )
    .add('other', 'nps', () => String(Math.min(10, r.int(0, 13))))
    .add('other', 'weight', () => logNormal(r, 1, 0.5).toFixed(4))
    .add('other', 'likes_it', () => (r.chance(0.5) ? 'Yes' : r.chance(0.7) ? 'No' : 'Maybe'))
    .add('text', 'comment', () => remark(r))
    .gaps(0.45)
    .add('other', 'submitted', () => stamp(Date.UTC(2021, 4, 1) + Math.floor(r.next() * 20 * DAY)));
}

function bank(t: Table): void {
  const { random: r } = t;
  let balance = r.int(200, 9000);
  let at = Date.UTC(r.int(2015, 2022), 0, 4);
  const amounts = fill(t.rows, () => (r.chance(0.08) ? logNormal(r, 2400, 0.3) : -logNormal(r, 31, 1.1)));
  t.add('other', 'entry', (i) => `${isoDate(at).replaceAll('-', '')}${pad(i, 6)}`)
    .add('other', 'booked', () => {
      // Working days only.
      if (r.chance(0.3))
        do at += DAY;
        while ([0, 6].includes(new Date(at).getUTCDay()));
      return isoDate(at);
    })
    .add('other', 'iban', () => germanIban(r))
    .add('other', 'amount', (i) => amounts[i]!.toFixed(2))
    .add('other', 'currency', () => (r.chance(0.95) ? 'EUR' : r.pick(['USD', 'GBP', 'CHF'])))
    .add('other', 'balance', (i) => {
      balance += amounts[i]!;
      return balance.toFixed(2);
    })
    .add('category', 'kind', () =>
      zipf(r, ['card payment', 'direct debit', 'transfer', 'standing order', 'cash withdrawal', 'interest']),
    )
    .add(
      'text',
      'purpose',
      () =>
        `${r.pick(['Invoice', 'Order', 'RG', 'Rent', 'Thanks for'])} ${r.int(1000, 99_999)} ${r.pick(REMARKS).slice(0, 30).trim()}`,
    )
    .add('other', 'card_end', () => pad(r.int(0, 9999), 4))
    .gaps(0.4);
}

function homes(t: Table): void {
  const { random: r } = t;
  const streets = fill(r.int(60, 200), () => `${place(r)}${r.pick(['straße', ' Weg', 'gasse', ' Allee'])}`);
  const places = fill(r.int(10, 40), () => ({ name: place(r), code: pad(r.int(1000, 99_998), 5) }));
  const of = fill(t.rows, () => zipf(r, places));
  t.add('other', 'listing', (i) => `${hex(r, 6)}${i}`)
    .add('other', 'street', () => r.pick(streets))
    .add('other', 'house_number', () =>
      r.chance(0.86)
        ? String(r.int(1, 140))
        : r.pick([`${r.int(1, 99)}a`, `${r.int(1, 99)}b`, `${r.int(1, 60)}-${r.int(61, 80)}`]),
    )
    .add('other', 'postcode', (i) => of[i]!.code)
    .add('city', 'town', (i) => of[i]!.name)
    .add('other', 'price', () => String(Math.round(logNormal(r, 340_000, 0.5) / 1000) * 1000))
    .add('measure', 'living_area', () => Math.max(18, r.normal(92, 24)).toFixed(1))
    .add('other', 'rooms', () => (Math.round(Math.max(1, r.normal(3.4, 1.1)) * 2) / 2).toString())
    .add('other', 'built', () => whole(2023 - (pareto(r, 1, 0.6) % 140)))
    .gaps(0.2)
    .add('other', 'energy_class', () => zipf(r, ['D', 'E', 'C', 'F', 'B', 'G', 'A', 'A+', 'H']))
    .add('other', 'building_age_years', () => whole(pareto(r, 1, 0.6) % 190))
    .add('other', 'url', (i) => `https://homes.example/expose/${800_000 + i * 17}`)
    .add('date', 'listed', () => isoDate(date(r, Date.UTC(2022, 0, 1), 500)));
}

function meters(t: Table): void {
  const { random: r } = t;
  const start = Date.UTC(r.int(2016, 2023), r.int(0, 11), 1);
  const step = r.pick([15, 30, 60]) * 60_000;
  let reading = r.int(1000, 90_000);
  t.add('other', 'read_at', (i) => stamp(start + i * step))
    .add('other', 'kwh', () => {
      reading += Math.abs(r.normal(0.4, 0.4));
      return reading.toFixed(3);
    })
    .add('measure', 'voltage', () => r.normal(230, 2.1).toFixed(1))
    .add('skewed', 'power_w', () => logNormal(r, 320, 0.8).toFixed(0))
    .add('other', 'feed_in_w', () => (r.chance(0.55) ? '0' : (r.next() ** 2 * 5000).toFixed(0)))
    .add('other', 'state', () => (r.chance(0.985) ? 'OK' : r.pick(['EST', 'MAN'])));
}

function league(t: Table): void {
  const { random: r } = t;
  const teams = fill(20, () => `${r.pick(['FC', 'SV', 'United', 'Real', 'Sporting', 'AC'])} ${place(r)}`);
  t.add('other', 'match_id', (i) => String(2_010_000 + i))
    .add('other', 'home', () => r.pick(teams))
    .add('other', 'away', () => r.pick(teams))
    .add('other', 'score', () => `${r.int(0, 4)}:${r.int(0, 3)}`)
    .add('other', 'played', () => `${pad(r.int(1, 28), 2)}.${pad(r.int(1, 12), 2)}.${r.int(2015, 2023)}`)
    .add('other', 'attendance', () => whole(logNormal(r, 14_000, 0.7)))
    .add('other', 'scorer', () => `${zipf(r, FIRST_NAMES)} ${zipf(r, FAMILY_NAMES)}`)
    .gaps(0.3)
    .add('other', 'result', () => r.pick(['H', 'D', 'A']))
    .add('count', 'corners', () => whole(Math.max(0, r.normal(10, 3.3))))
    .add('other', 'possession', () => `${whole(Math.max(22, Math.min(78, r.normal(50, 9))))}%`)
    .add('other', 'referee', () => `${r.pick([...'ABCDJKM'])}. ${zipf(r, FAMILY_NAMES)}`);
}

function clients(t: Table): void {
  const { random: r } = t;
  const card = (): string => {
    const start = `4${fill(14, () => r.int(0, 9)).join('')}`;
    const sum = [...start].reduce((total, digit, i) => {
      const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    return `${start}${(10 - (sum % 10)) % 10}`;
  };
  t.add('id', 'client_id', (i) => String(700_001 + i))
    .add('other', 'first_name', () => zipf(r, FIRST_NAMES))
    .add('other', 'date_of_birth', () => isoDate(date(r, Date.UTC(1935, 0, 1), 25_000)))
    .add('other', 'ssn', () => `${r.int(100, 899)}-${r.int(10, 99)}-${r.int(1000, 9999)}`)
    .gaps(0.2)
    .add('other', 'mobile', () => `${r.int(151, 179)}${r.int(1_000_000, 99_999_999)}`)
    .add(
      'other',
      'telephone_no',
      () =>
        `(${r.int(201, 989)}) ${r.int(200, 989)}-${pad(r.int(0, 9999), 4)}${r.chance(0.1) ? ` ext. ${r.int(10, 999)}` : ''}`,
    )
    .add('other', r.chance(0.5) ? 'card' : 'card_no', card)
    .add(
      'other',
      'order_ref',
      () => `${r.int(1000, 9999)}${r.int(100_000, 999_999)}${r.int(100_000, 999_999)}`,
    )
    .add('other', 'part', () => `${r.int(100, 999)}-${r.int(1000, 9999)}`)
    .add('other', 'firmware', () => fill(4, () => r.int(0, 20)).join('.'))
    .add('other', 'isbn', () => `978${r.int(1_000_000_000, 9_999_999_999)}`)
    .add('other', 'opened', () => isoDate(date(r, Date.UTC(2015, 0, 1), 2500)))
    .add('other', 'branch_name', () => place(r))
    .add('other', 'home_address', () => `${place(r)} ${r.pick(['Street', 'Weg', 'Lane'])} ${r.int(1, 150)}`)
    .add('text', 'notes', () => remark(r))
    .gaps(0.3);
}

const DOMAINS: readonly ((table: Table) => void)[] = [
  clients,
  hospital,
  retail,
  staff,
  weather,
  census,
  webLog,
  films,
  genes,
  transit,
  survey,
  bank,
  homes,
  meters,
  league,
];

/** A table as files of some domain look, without defects, though much in it could be taken for one: long tails, codes among numbers, signs, names that are alike. */
export function makeDomainTable(random: Random, rows: number): TableColumn[] {
  const table = new Table(random, rows);
  random.pick(DOMAINS)(table);
  return table.columns;
}

const remark = (r: Random): string => {
  const one = r.pick(REMARKS);
  return r.chance(0.3) ? `${one} ${r.pick(REMARKS)}` : one;
};
const place = (r: Random): string =>
  r.chance(0.3) ? r.pick(CITIES) : `${r.pick(PLACE_BEGINNINGS)}${r.pick(PLACE_ENDINGS)}`;
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
const hex = (r: Random, digits: number): string => fill(digits, () => r.int(0, 15).toString(16)).join('');

function germanIban(r: Random): string {
  const account = fill(18, () => r.int(0, 9)).join('');
  const rest = [...`${account}131400`].reduce((sum, digit) => (sum * 10 + Number(digit)) % 97, 0);
  return `DE${pad(98 - rest, 2)}${account}`;
}
