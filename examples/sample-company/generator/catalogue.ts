import type { Calendar } from './calendar.js';
import { DAY_MS, startOfDay } from './calendar.js';
import { catalogueTables } from './catalogue-tables.js';
import type { CategoryWords } from './catalogue-words.js';
import { BRANDS, CATEGORIES, TAGS } from './catalogue-words.js';
import { COUNTRIES } from './geography.js';
import { toShelfPrice } from './money.js';
import type { PriceSpan, Product, ProductSupplier, Supplier } from './product.js';
import type { Random } from './random.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { companyName, toMailName } from './words.js';

const PRODUCTS_PER_CATEGORY = 30;
const SUPPLIER_COUNT = 64;

export interface Catalogue {
  tables: SampleTable[];
  products: readonly Product[];
}

/** The list price in US cents at a moment at or after the launch. */
export function priceAt(product: Product, ms: number): number {
  return product.prices.findLast((price) => price.fromMs <= ms)!.cents;
}

export function isOnSale(product: Product, ms: number): boolean {
  return product.launchedMs <= ms && (product.discontinuedMs === null || product.discontinuedMs > ms);
}

/** Categories, brands, suppliers, products and their prices, tags and sources of supply. */
export function generateCatalogue(seed: number, calendar: Calendar): Catalogue {
  const random = createRandom(seed, 'catalogue');

  const suppliers = Array.from({ length: SUPPLIER_COUNT }, (_, i): Supplier => {
    const country = random.pick(COUNTRIES);
    const name = companyName(random, country.code);
    return {
      id: i + 1,
      name,
      countryCode: country.code,
      email: random.chance(0.1) ? null : `orders@${toMailName(name)}.example`,
      paymentDays: random.weighted([14, 30, 45, 60], [15, 50, 20, 15]),
      rating: random.chance(0.15) ? null : Math.min(5, Math.max(1.5, random.normal(3.9, 0.6))).toFixed(1),
      isActive: !random.chance(0.08),
      leadDays: random.int(4, 32),
    };
  });

  const active = suppliers.filter((supplier) => supplier.isActive);
  const products = CATEGORIES.flatMap((category, c) =>
    pickNames(random, category).map((words, i) =>
      createProduct(random, calendar, active, category, words, c * PRODUCTS_PER_CATEGORY + i + 1),
    ),
  );
  return { products, tables: catalogueTables(products, suppliers) };
}

interface NameWords {
  kind: string;
  finish: string;
  variant: string;
}

/** A random sample of all combinations, so that no two products share a name. */
function pickNames(random: Random, category: CategoryWords): NameWords[] {
  const names = category.kinds.flatMap((kind) =>
    category.finishes.flatMap((finish) => category.variants.map((variant) => ({ kind, finish, variant }))),
  );
  for (let i = names.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [names[i], names[j]] = [names[j]!, names[i]!];
  }
  return names.slice(0, PRODUCTS_PER_CATEGORY);
}

function createProduct(
  random: Random,
  calendar: Calendar,
  suppliers: readonly Supplier[],
  category: CategoryWords,
  words: NameWords,
  id: number,
): Product {
  const launchedMs = random.chance(0.62)
    ? calendar.startMs - random.int(30, 1_400) * DAY_MS
    : startOfDay(calendar.startMs + random.next() * (calendar.nowMs - calendar.startMs) * 0.95);
  const endMs = launchedMs + random.int(400, 1_500) * DAY_MS;
  const discontinuedMs =
    random.chance(0.3) && endMs < calendar.nowMs && endMs > calendar.startMs ? endMs : null;
  const prices = createPrices(random, calendar, category, launchedMs, discontinuedMs ?? calendar.nowMs);
  const costCents = Math.round(prices[0]!.cents * (0.48 + random.next() * 0.2));
  const [light, heavy] = category.weightKg;
  return {
    id,
    sku: `${category.name.slice(0, 3).toUpperCase()}-${10_000 + id * 7}`,
    name: `${words.finish} ${words.kind}, ${words.variant}`,
    category,
    brandId: random.int(1, BRANDS.length),
    prices,
    costCents,
    weightGrams: Math.round(light * (heavy / light) ** random.next() * 1_000),
    launchedMs,
    discontinuedMs,
    popularity: Math.min(25, (1 - random.next()) ** -0.8),
    suppliers: createSources(random, suppliers, costCents),
    tagIds: TAGS.map((_, i) => i + 1).filter(() => random.chance(0.13)),
    attributes: JSON.stringify({
      finish: words.finish,
      variant: words.variant,
      warranty_months: random.pick([12, 24, 24, 36]),
      ...(random.chance(0.4)
        ? { colour: random.pick(['sand', 'slate', 'forest', 'rust', 'ivory', 'black']) }
        : {}),
      ...(random.chance(0.2) ? { certified: random.pick(['FSC', 'OEKO-TEX', 'CE', 'UKCA']) } : {}),
    }),
    barcode: random.chance(0.03) ? null : 4_070_000_000_000 + id * 9_173 + random.int(0, 9_000),
  };
}

function createPrices(
  random: Random,
  calendar: Calendar,
  category: CategoryWords,
  launchedMs: number,
  lastMs: number,
): PriceSpan[] {
  const [low, high] = category.priceUsd;
  const prices: PriceSpan[] = [];
  let cents = toShelfPrice(Math.round(low * (high / low) ** ((random.next() + random.next()) / 2) * 100));
  for (let fromMs = launchedMs; fromMs < lastMs; ) {
    const untilMs = fromMs + random.int(150, 420) * DAY_MS;
    prices.push({ fromMs, untilMs: untilMs < calendar.nowMs ? untilMs : null, cents });
    const change = random.weighted([0.03, 0.06, 0.1, -0.08], [45, 30, 10, 15]);
    cents = toShelfPrice(Math.round(cents * (1 + change)));
    fromMs = untilMs;
  }
  return prices;
}

function createSources(random: Random, suppliers: readonly Supplier[], costCents: number): ProductSupplier[] {
  const sources: ProductSupplier[] = [];
  for (const count = random.weighted([1, 2, 3], [55, 32, 13]); sources.length < count; ) {
    const supplier = random.pick(suppliers);
    if (sources.some((source) => source.supplierId === supplier.id)) continue;
    sources.push({
      supplierId: supplier.id,
      costCents: sources.length === 0 ? costCents : Math.round(costCents * (1.01 + random.next() * 0.14)),
      leadDays: Math.max(2, supplier.leadDays + random.int(-2, 4)),
      minimumQuantity: random.pick([6, 12, 24]),
      isPreferred: sources.length === 0,
    });
  }
  return sources;
}
