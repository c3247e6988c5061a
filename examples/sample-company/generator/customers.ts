import type { Calendar } from './calendar.js';
import { DAY_MS, toDate, toTimestamp } from './calendar.js';
import type { Country } from './geography.js';
import { COUNTRIES, fillPattern } from './geography.js';
import { toMoney } from './money.js';
import type { People } from './people.js';
import { DEPARTMENT } from './people.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';
import { companyName, personName, streetAddress, toMailName } from './words.js';

const CUSTOMER_COUNT = 2_600;

export interface Address {
  id: number;
  customerId: number;
  label: string;
  street: string;
  city: string;
  postcode: string;
  countryCode: string;
}

export interface Customer {
  id: number;
  isBusiness: boolean;
  name: string;
  contact: string;
  email: string | null;
  phone: string | null;
  country: Country;
  signedUpMs: number;
  addresses: Address[];
  /** Relative number of orders; a few customers order most. */
  weight: number;
  /** Agreed discount of a business customer, in percent. */
  discountPercent: number;
  creditLimitCents: number | null;
  accountManagerId: number | null;
  birthMs: number | null;
  optedIn: boolean;
  isActive: boolean;
  preferences: string | null;
}

export interface Customers {
  tables: SampleTable[];
  /** Ordered by the moment they signed up. */
  customers: readonly Customer[];
}

export function generateCustomers(seed: number, calendar: Calendar, people: People): Customers {
  const random = createRandom(seed, 'customers');
  const addresses: Address[] = [];
  const firstMs = calendar.startMs - 700 * DAY_MS;
  const signUps = Array.from(
    { length: CUSTOMER_COUNT },
    () => firstMs + Math.floor(random.next() ** 0.8 * (calendar.nowMs - firstMs)),
  ).sort((a, b) => a - b);

  const customers = signUps.map((signedUpMs, i): Customer => {
    const id = i + 1;
    const isBusiness = random.chance(0.19);
    const country = random.weighted(
      COUNTRIES,
      COUNTRIES.map((c) => c.weight),
    );
    const { first, last } = personName(random);
    const contact = `${first} ${last}`;
    const name = isBusiness ? companyName(random, country.code) : contact;
    const labels = isBusiness
      ? ['head office', ...['warehouse', 'branch', 'site'].filter(() => random.chance(0.35))]
      : ['home', ...['work', 'parents'].filter(() => random.chance(0.2))];
    const own = labels.map((label) => ({
      id: 0,
      customerId: id,
      label,
      street: streetAddress(random, country.code),
      city: random.pick(country.cities),
      postcode: fillPattern(random, country.postcode),
      countryCode: country.code,
    }));
    for (const address of own) {
      address.id = addresses.length + 1;
      addresses.push(address);
    }
    const host = isBusiness
      ? `${toMailName(name)}.example`
      : random.pick(['postbox', 'mailbird', 'letterly']).concat('.example');
    return {
      id,
      isBusiness,
      name,
      contact,
      email: random.chance(0.06)
        ? null
        : `${toMailName(first)}.${toMailName(last)}${isBusiness ? '' : id}@${host}`,
      phone: random.chance(0.35) ? null : `${country.dialCode} ${fillPattern(random, '999 999 999')}`,
      country,
      signedUpMs,
      addresses: own,
      weight: Math.min(isBusiness ? 60 : 18, (isBusiness ? 2.4 : 1) * (1 - random.next()) ** -0.75),
      discountPercent: isBusiness ? random.weighted([0, 5, 8, 12], [45, 30, 17, 8]) : 0,
      creditLimitCents: isBusiness
        ? random.weighted([250_000, 500_000, 1_000_000, 2_500_000], [40, 35, 18, 7])
        : null,
      accountManagerId: isBusiness ? people.pickEmployee(random, DEPARTMENT.sales, calendar.nowMs).id : null,
      birthMs:
        isBusiness || random.chance(0.4) ? null : calendar.nowMs - random.int(19 * 365, 78 * 365) * DAY_MS,
      optedIn: random.chance(isBusiness ? 0.25 : 0.58),
      isActive: !random.chance(0.04),
      preferences: random.chance(0.55)
        ? null
        : JSON.stringify({
            newsletter: random.pick(['weekly', 'monthly', 'never']),
            language: random.chance(0.3) ? 'en' : country.language,
            ...(random.chance(0.3) ? { gift_wrap: true } : {}),
          }),
    };
  });

  return {
    customers,
    tables: [
      defineTable('public.customers', customers, {
        id: (c) => c.id,
        segment: (c) => (c.isBusiness ? 'business' : 'consumer'),
        name: (c) => c.name,
        contact_name: (c) => (c.isBusiness ? c.contact : null),
        email: (c) => c.email,
        phone: (c) => c.phone,
        birth_date: (c) => (c.birthMs === null ? null : toDate(c.birthMs)),
        country_code: (c) => c.country.code,
        signed_up_at: (c) => toTimestamp(c.signedUpMs),
        account_manager_id: (c) => c.accountManagerId,
        discount_percent: (c) => c.discountPercent,
        credit_limit_usd: (c) => (c.creditLimitCents === null ? null : toMoney(c.creditLimitCents)),
        marketing_opt_in: (c) => c.optedIn,
        is_active: (c) => c.isActive,
        preferences: (c) => c.preferences,
      }),
      defineTable('public.addresses', addresses, {
        id: (a) => a.id,
        customer_id: (a) => a.customerId,
        label: (a) => a.label,
        street: (a) => a.street,
        city: (a) => a.city,
        postcode: (a) => a.postcode,
        country_code: (a) => a.countryCode,
      }),
    ],
  };
}
