import type { Calendar } from './calendar.js';
import { addMonths, DAY_MS, HOUR_MS } from './calendar.js';
import type { Catalogue } from './catalogue.js';
import { isOnSale, priceAt } from './catalogue.js';
import type { Address, Customer, Customers } from './customers.js';
import type { Geography } from './geography.js';
import type { People } from './people.js';
import { DEPARTMENT } from './people.js';
import type { Product } from './product.js';
import type { Promotion } from './promotions.js';
import { activePromotion, createPromotions } from './promotions.js';
import type { Random } from './random.js';
import { createRandom } from './random.js';
import { STORES } from './sites.js';

export type OrderStatus = 'pending' | 'processing' | 'shipped' | 'delivered' | 'cancelled';

export interface OrderItem {
  id: number;
  order: Order;
  lineNo: number;
  product: Product;
  quantity: number;
  /** In the order's currency. */
  unitPriceCents: number;
  discountPercent: number;
  lineTotalCents: number;
  revenueUsdCents: number;
  /** When it reached the customer; null until then. */
  deliveredMs: number | null;
}

export interface Order {
  id: number;
  customer: Customer;
  channelId: number;
  storeId: number | null;
  /** Where its goods come from. */
  warehouseId: number;
  billTo: Address;
  /** null: taken home from a store */
  shipTo: Address | null;
  takenById: number | null;
  promotion: Promotion | null;
  placedMs: number;
  cancelledMs: number | null;
  /** Set further by its shipments. */
  status: OrderStatus;
  currency: string;
  rate: number;
  items: OrderItem[];
  subtotalCents: number;
  shippingCents: number;
  taxCents: number;
  totalCents: number;
  totalUsdCents: number;
}

export interface Orders {
  orders: readonly Order[];
  promotions: readonly Promotion[];
}

export const CHANNEL = { web: 1, app: 2, store: 3, desk: 4, marketplace: 5 } as const;

const ORDERS_A_DAY_AT_START = 9.4;
const YEARLY_GROWTH = 1.19;
const MONTH_FACTORS = [0.88, 0.85, 0.95, 0.97, 1, 1.01, 0.96, 0.94, 1.01, 1.05, 1.36, 1.4];
/** From Sunday to Saturday. */
const WEEKDAY_FACTORS = [0.82, 1.12, 1.08, 1.05, 1.03, 1, 0.84];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const HOUR_WEIGHTS = [2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 12, 12, 11, 11, 12, 13, 14, 15, 14, 11, 7, 4];

/** Orders from the first day of the calendar up to its `now`, oldest first, with their lines and exact totals. */
export function generateOrders(
  seed: number,
  calendar: Calendar,
  geography: Geography,
  people: People,
  catalogue: Catalogue,
  customers: Customers,
): Orders {
  const random = createRandom(seed, 'orders');
  const promotions = createPromotions(calendar);
  const pickCustomer = createCustomerPicker(random, customers.customers);
  const pickProduct = createProductPicker(random, calendar, catalogue.products);
  const orders: Order[] = [];
  let itemCount = 0;

  for (let dayMs = calendar.startMs; dayMs <= calendar.nowMs; dayMs += DAY_MS) {
    const day = new Date(dayMs);
    const years = (dayMs - calendar.startMs) / (365.25 * DAY_MS);
    const mean =
      ORDERS_A_DAY_AT_START *
      YEARLY_GROWTH ** years *
      MONTH_FACTORS[day.getUTCMonth()]! *
      WEEKDAY_FACTORS[day.getUTCDay()]!;
    const moments = Array.from(
      { length: random.poisson(mean) },
      () =>
        dayMs + random.weighted(HOURS, HOUR_WEIGHTS) * HOUR_MS + Math.floor(random.next() * 3_600) * 1_000,
    ).sort((a, b) => a - b);
    for (const placedMs of moments) {
      if (placedMs > calendar.nowMs) break;
      orders.push(createOrder(placedMs, years));
    }
  }
  return { orders, promotions };

  function createOrder(placedMs: number, years: number): Order {
    const customer = pickCustomer(placedMs);
    const stores = STORES.filter(
      (store) =>
        store.countryCode === customer.country.code && placedMs > calendar.nowMs - store.openedDays * DAY_MS,
    );
    const channelId = customer.isBusiness
      ? random.weighted([CHANNEL.web, CHANNEL.desk, CHANNEL.app], [55, 40, 5])
      : random.weighted(
          [CHANNEL.web, CHANNEL.app, CHANNEL.store, CHANNEL.marketplace],
          [52, 12 + 6 * years, stores.length > 0 ? 24 : 0, 9],
        );
    const store = channelId === CHANNEL.store ? random.pick(stores) : null;
    const billTo = customer.addresses[0]!;
    const promotion =
      channelId === CHANNEL.marketplace || !random.chance(0.35)
        ? null
        : activePromotion(promotions, placedMs);
    const country = customer.country;
    const order: Order = {
      id: orders.length + 1,
      customer,
      channelId,
      storeId: store?.id ?? null,
      // A quarter of what goes to US customers leaves from the western site.
      warehouseId:
        store?.warehouseId ?? (country.code === 'US' && random.chance(0.25) ? 2 : country.warehouseId),
      billTo,
      shipTo: store === null ? (random.chance(0.75) ? billTo : random.pick(customer.addresses)) : null,
      takenById:
        channelId === CHANNEL.desk ? people.pickEmployee(random, DEPARTMENT.sales, placedMs).id : null,
      promotion,
      placedMs,
      cancelledMs: null,
      status: store === null ? 'pending' : 'delivered',
      currency: country.currency,
      rate: geography.rateToUsd(country.currency, placedMs),
      items: [],
      subtotalCents: 0,
      shippingCents: 0,
      taxCents: 0,
      totalCents: 0,
      totalUsdCents: 0,
    };
    if (store === null && random.chance(0.028)) {
      const cancelledMs = placedMs + random.int(10, 900) * 60_000;
      if (cancelledMs <= calendar.nowMs) {
        order.cancelledMs = cancelledMs;
        order.status = 'cancelled';
      }
    }
    addItems(order);
    addTotals(random, order);
    return order;
  }

  function addItems(order: Order): void {
    const { customer, placedMs, rate } = order;
    let lines = 1;
    while (lines < 8 && random.chance(customer.isBusiness ? 0.66 : 0.5)) lines++;
    const chosen = new Set<Product>();
    while (chosen.size < lines) chosen.add(pickProduct(placedMs, customer.isBusiness));
    for (const product of chosen) {
      const priceUsdCents = priceAt(product, placedMs);
      const unitPriceCents = Math.round(priceUsdCents / rate);
      const discountPercent = Math.max(customer.discountPercent, order.promotion?.discountPercent ?? 0);
      const quantity = pickQuantity(random, customer.isBusiness, priceUsdCents);
      const lineTotalCents = Math.round((unitPriceCents * quantity * (100 - discountPercent)) / 100);
      order.items.push({
        id: ++itemCount,
        order,
        lineNo: order.items.length + 1,
        product,
        quantity,
        unitPriceCents,
        discountPercent,
        lineTotalCents,
        revenueUsdCents: order.status === 'cancelled' ? 0 : Math.round(lineTotalCents * rate),
        deliveredMs: order.storeId === null ? null : placedMs,
      });
    }
  }
}

function addTotals(random: Random, order: Order): void {
  order.subtotalCents = order.items.reduce((sum, item) => sum + item.lineTotalCents, 0);
  const subtotalUsdCents = order.subtotalCents * order.rate;
  const feeUsdCents =
    order.storeId !== null || subtotalUsdCents >= 7_500 ? 0 : random.pick([495, 695, 695, 995]);
  order.shippingCents = Math.round(feeUsdCents / order.rate);
  order.taxCents = Math.round(
    ((order.subtotalCents + order.shippingCents) * order.customer.country.taxPercent) / 100,
  );
  order.totalCents = order.subtotalCents + order.shippingCents + order.taxCents;
  order.totalUsdCents = Math.round(order.totalCents * order.rate);
}

function pickQuantity(random: Random, isBusiness: boolean, priceUsdCents: number): number {
  if (!isBusiness) return random.weighted([1, 2, 3, 4, 6], [70, 19, 6, 3, 2]);
  const typical = priceUsdCents > 20_000 ? 2 : priceUsdCents > 5_000 ? 4 : 11;
  return Math.min(120, Math.max(1, Math.round(typical * Math.exp(random.normal(0, 0.7)))));
}

/** Picks by weight among those who had signed up at the moment (customers are in sign-up order). */
function createCustomerPicker(random: Random, customers: readonly Customer[]): (ms: number) => Customer {
  const sums: number[] = [];
  let sum = 0;
  for (const customer of customers) {
    sum += customer.weight;
    sums.push(sum);
  }
  let signedUp = 0;
  return (ms) => {
    while (signedUp < customers.length && customers[signedUp]!.signedUpMs <= ms) signedUp++;
    const wanted = random.next() * sums[signedUp - 1]!;
    let low = 0;
    let high = signedUp - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return customers[low]!;
  };
}

/** Picks by popularity, season and kind of customer among what is on sale; weights are made once a month. */
function createProductPicker(random: Random, calendar: Calendar, products: readonly Product[]) {
  let untilMs = 0;
  let sums: Record<'business' | 'consumer', number[]> = { business: [], consumer: [] };
  const cumulate = (weigh: (product: Product) => number): number[] => {
    let sum = 0;
    return products.map((product) => {
      sum += weigh(product);
      return sum;
    });
  };
  return (ms: number, isBusiness: boolean): Product => {
    if (ms >= untilMs) {
      const month = new Date(ms).getUTCMonth();
      const weigh = (product: Product) => product.popularity * product.category.season[month]!;
      sums = {
        consumer: cumulate(weigh),
        business: cumulate((product) => weigh(product) * product.category.businessAppeal),
      };
      untilMs = Math.max(addMonths(ms, 1), calendar.startMs);
    }
    const own = sums[isBusiness ? 'business' : 'consumer'];
    for (;;) {
      const wanted = random.next() * own[own.length - 1]!;
      let low = 0;
      let high = own.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (own[middle]! > wanted) high = middle;
        else low = middle + 1;
      }
      if (isOnSale(products[low]!, ms)) return products[low]!;
    }
  };
}
