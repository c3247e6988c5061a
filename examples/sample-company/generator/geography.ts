import type { Calendar } from './calendar.js';
import { addMonths, toMonth } from './calendar.js';
import type { Random } from './random.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';

export interface Country {
  code: string;
  name: string;
  regionId: number;
  currency: string;
  /** Sales tax or VAT, in percent. */
  taxPercent: number;
  /** Share of customers, relative. */
  weight: number;
  cities: readonly string[];
  /** Postcode pattern: 9 is any digit, A any letter. */
  postcode: string;
  warehouseId: number;
  dialCode: string;
  language: string;
}

const REGIONS = ['North America', 'British Isles', 'Western Europe', 'Nordics', 'Central Europe'].map(
  (name, i) => ({
    id: i + 1,
    code: ['NA', 'BI', 'WE', 'NO', 'CE'][i]!,
    name,
  }),
);

/** Typical value of one unit in US dollars; the monthly rates wander around it. */
const CURRENCIES = [
  { code: 'USD', name: 'US dollar', symbol: '$', usd: 1 },
  { code: 'EUR', name: 'Euro', symbol: '€', usd: 1.09 },
  { code: 'GBP', name: 'Pound sterling', symbol: '£', usd: 1.27 },
  { code: 'CAD', name: 'Canadian dollar', symbol: 'C$', usd: 0.735 },
  { code: 'SEK', name: 'Swedish krona', symbol: 'kr', usd: 0.096 },
  { code: 'PLN', name: 'Polish złoty', symbol: 'zł', usd: 0.252 },
];

function country(
  code: string,
  name: string,
  regionId: number,
  currency: string,
  taxPercent: number,
  weight: number,
  warehouseId: number,
  dialCode: string,
  language: string,
  postcode: string,
  cities: string,
): Country {
  return {
    code,
    name,
    regionId,
    currency,
    taxPercent,
    weight,
    warehouseId,
    dialCode,
    language,
    postcode,
    cities: cities.split(';'),
  };
}

// biome-ignore format: a table reads best as one
export const COUNTRIES: readonly Country[] = [
  country('US', 'United States', 1, 'USD', 7, 34, 1, '+1', 'en', '99999', 'Columbus;Chicago;Pittsburgh;Denver;Portland;Austin;Atlanta;Boston;Seattle;Nashville'),
  country('CA', 'Canada', 1, 'CAD', 13, 8, 3, '+1', 'en', 'A9A 9A9', 'Toronto;Ottawa;Calgary;Halifax;Winnipeg'),
  country('GB', 'United Kingdom', 2, 'GBP', 20, 19, 4, '+44', 'en', 'AA9 9AA', 'Birmingham;Leeds;Bristol;Manchester;Glasgow;Cardiff;Norwich;London'),
  country('DE', 'Germany', 3, 'EUR', 19, 13, 5, '+49', 'de', '99999', 'Hamburg;Bremen;Leipzig;Köln;München;Berlin'),
  country('FR', 'France', 3, 'EUR', 20, 7, 5, '+33', 'fr', '99999', 'Lille;Lyon;Nantes;Toulouse;Paris'),
  country('NL', 'Netherlands', 3, 'EUR', 21, 7, 5, '+31', 'nl', '9999 AA', 'Rotterdam;Utrecht;Groningen;Amsterdam'),
  country('SE', 'Sweden', 4, 'SEK', 25, 7, 6, '+46', 'sv', '999 99', 'Göteborg;Stockholm;Malmö;Uppsala'),
  country('PL', 'Poland', 5, 'PLN', 23, 5, 7, '+48', 'pl', '99-999', 'Poznań;Kraków;Gdańsk;Warszawa'),
];

export function fillPattern(random: Random, pattern: string): string {
  return pattern.replace(/[9A]/g, (sign) =>
    sign === '9' ? String(random.int(0, 9)) : 'ABCDEFGHJKLMNPRSTUWXYZ'[random.int(0, 21)]!,
  );
}

export interface Geography {
  tables: SampleTable[];
  /** US dollars for one unit of the currency in the month of `ms`, with at most six decimals. */
  rateToUsd(currency: string, ms: number): number;
}

/** Regions, countries, currencies and their monthly exchange rates (a bounded random walk). */
export function generateGeography(seed: number, calendar: Calendar): Geography {
  const random = createRandom(seed, 'exchange rates');
  const rates = new Map<string, number>();
  const rows: { currency: string; month: string; rate: number }[] = [];
  for (const currency of CURRENCIES) {
    let drift = 0;
    for (let ms = calendar.startMs; ms <= calendar.nowMs; ms = addMonths(ms, 1)) {
      drift = drift * 0.9 + random.normal(0, 0.012);
      const rate = currency.code === 'USD' ? 1 : Number((currency.usd * (1 + drift)).toFixed(6));
      rates.set(`${currency.code} ${toMonth(ms)}`, rate);
      rows.push({ currency: currency.code, month: toMonth(ms), rate });
    }
  }
  return {
    rateToUsd: (currency, ms) => rates.get(`${currency} ${toMonth(ms)}`)!,
    tables: [
      defineTable('public.regions', REGIONS, { id: (r) => r.id, code: (r) => r.code, name: (r) => r.name }),
      defineTable('public.currencies', CURRENCIES, {
        code: (c) => c.code,
        name: (c) => c.name,
        symbol: (c) => c.symbol,
      }),
      defineTable('public.countries', COUNTRIES, {
        code: (c) => c.code,
        name: (c) => c.name,
        region_id: (c) => c.regionId,
        currency_code: (c) => c.currency,
        tax_percent: (c) => c.taxPercent,
      }),
      defineTable('public.exchange_rates', rows, {
        currency_code: (r) => r.currency,
        month: (r) => `${r.month}-01`,
        usd_per_unit: (r) => r.rate.toFixed(6),
      }),
    ],
  };
}
