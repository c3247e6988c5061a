import type { Calendar } from './calendar.js';
import { DAY_MS, HOUR_MS, startOfDay, toDate, toTimestamp, toWorkday } from './calendar.js';
import { toMoney } from './money.js';
import type { Order, OrderItem } from './orders.js';
import type { Random } from './random.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';
import { WAREHOUSES } from './sites.js';

export interface Shipment {
  id: number;
  order: Order;
  warehouseId: number;
  carrierId: number;
  trackingNumber: string;
  status: 'in_transit' | 'delivered' | 'lost';
  isExpress: boolean;
  shippedMs: number;
  promisedMs: number;
  deliveredMs: number | null;
  items: OrderItem[];
  weightGrams: number;
  freightUsdCents: number;
  events: { ms: number; kind: string; place: string | null }[];
}

// biome-ignore format: a table reads best as one
const CARRIERS = [
  { id: 1, name: 'Swiftvale Parcel', warehouses: [1, 2, 3], transitDays: 3, lateShare: 0.08, service: 'parcel', share: 6 },
  { id: 2, name: 'Redkite Post', warehouses: [4, 5], transitDays: 3, lateShare: 0.1, service: 'parcel', share: 5 },
  { id: 3, name: 'Norrlink', warehouses: [5, 6, 7], transitDays: 2, lateShare: 0.05, service: 'parcel', share: 5 },
  { id: 4, name: 'Bluebarrow Express', warehouses: [1, 2, 3, 4, 5, 6, 7], transitDays: 1, lateShare: 0.04, service: 'express', share: 2 },
  { id: 5, name: 'Pelican Freight', warehouses: [1, 3, 4, 5, 7], transitDays: 5, lateShare: 0.19, service: 'freight', share: 2 },
  { id: 6, name: 'Old Harbour Haulage', warehouses: [2, 6], transitDays: 5, lateShare: 0.15, service: 'freight', share: 1 },
];

const HEAVY_GRAMS = 30_000;

/** What left the warehouses by `now`. Also sets the orders' status and their lines' delivery. */
export function generateShipments(seed: number, calendar: Calendar, orders: readonly Order[]): Shipment[] {
  const random = createRandom(seed, 'shipments');
  const shipments: Omit<Shipment, 'id'>[] = [];

  for (const order of orders) {
    if (order.storeId !== null || order.status === 'cancelled') continue;
    // Some orders of several lines leave in two parcels.
    const cut =
      order.items.length > 1 && random.chance(0.13)
        ? random.int(1, order.items.length - 1)
        : order.items.length;
    const parts = [order.items.slice(0, cut), order.items.slice(cut)].filter((part) => part.length > 0);
    const own = parts.flatMap((items, i) => {
      const shippedMs = toWorkday(
        order.placedMs + (3 + random.next() * 30 + i * (24 + random.next() * 72)) * HOUR_MS,
      );
      return shippedMs > calendar.nowMs ? [] : [ship(random, calendar, order, items, shippedMs)];
    });
    shipments.push(...own);
    if (own.length === parts.length && own.every((shipment) => shipment.status === 'delivered'))
      order.status = 'delivered';
    else if (own.length > 0) order.status = 'shipped';
    else if (calendar.nowMs - order.placedMs > 4 * HOUR_MS) order.status = 'processing';
  }
  return shipments
    .sort((a, b) => a.shippedMs - b.shippedMs)
    .map((shipment, i) => ({ ...shipment, id: i + 1 }));
}

function ship(
  random: Random,
  calendar: Calendar,
  order: Order,
  items: OrderItem[],
  shippedMs: number,
): Omit<Shipment, 'id'> {
  const weightGrams = items.reduce((sum, item) => sum + item.quantity * item.product.weightGrams, 250);
  const carriers = CARRIERS.filter(
    (carrier) =>
      carrier.warehouses.includes(order.warehouseId) &&
      (carrier.service === 'freight') === weightGrams > HEAVY_GRAMS,
  );
  const carrier = random.weighted(
    carriers,
    carriers.map((c) => c.share),
  );
  // The weeks before the holidays are the carriers' worst.
  const rush = new Date(shippedMs).getUTCMonth() === 11 ? 2.1 : 1;
  const lateDays = random.chance(carrier.lateShare * rush) ? 1 + Math.floor(random.next() ** 2 * 9) : 0;
  const promisedMs = toWorkday(startOfDay(shippedMs) + (carrier.transitDays + 1) * DAY_MS);
  const arrivalMs =
    lateDays > 0
      ? promisedMs + lateDays * DAY_MS + random.int(8, 19) * HOUR_MS
      : Math.min(
          promisedMs + random.int(8, 19) * HOUR_MS,
          shippedMs + carrier.transitDays * (0.7 + random.next() * 0.5) * DAY_MS,
        );
  const isLost = random.chance(0.004);
  const isDelivered = !isLost && arrivalMs <= calendar.nowMs;
  if (isDelivered) for (const item of items) item.deliveredMs = arrivalMs;
  const isGivenUp = isLost && shippedMs + 21 * DAY_MS < calendar.nowMs;
  return {
    order,
    warehouseId: order.warehouseId,
    carrierId: carrier.id,
    trackingNumber: `${carrier.name.slice(0, 2).toUpperCase()}${random.int(100_000_000, 999_999_999)}`,
    status: isDelivered ? 'delivered' : isGivenUp ? 'lost' : 'in_transit',
    isExpress: carrier.service === 'express',
    shippedMs,
    promisedMs,
    deliveredMs: isDelivered ? arrivalMs : null,
    items,
    weightGrams,
    freightUsdCents: Math.round(
      (carrier.service === 'express' ? 890 : 420) +
        weightGrams * (carrier.service === 'freight' ? 0.045 : 0.06),
    ),
    events: createEvents(random, calendar, order, shippedMs, arrivalMs, isLost),
  };
}

function createEvents(
  random: Random,
  calendar: Calendar,
  order: Order,
  shippedMs: number,
  arrivalMs: number,
  isLost: boolean,
): Shipment['events'] {
  const origin = WAREHOUSES[order.warehouseId - 1]!.city;
  const destination = order.shipTo!.city;
  const at = (share: number) => shippedMs + (arrivalMs - shippedMs) * share;
  const events: Shipment['events'] = [
    { ms: shippedMs, kind: 'picked_up', place: origin },
    { ms: at(0.35 + random.next() * 0.2), kind: 'in_transit', place: random.chance(0.15) ? null : origin },
  ];
  if (isLost) return events.filter((event) => event.ms <= calendar.nowMs);
  if (random.chance(0.06)) events.push({ ms: at(0.78), kind: 'delivery_failed', place: destination });
  events.push({ ms: at(0.9), kind: 'out_for_delivery', place: destination });
  events.push({ ms: arrivalMs, kind: 'delivered', place: destination });
  return events.filter((event) => event.ms <= calendar.nowMs);
}

export function shipmentTables(shipments: readonly Shipment[]): SampleTable[] {
  const lines = shipments.flatMap((shipment) => shipment.items.map((item) => ({ shipment, item })));
  const events = shipments
    .flatMap((shipment) => shipment.events.map((event) => ({ shipment, event })))
    .sort((a, b) => a.event.ms - b.event.ms)
    .map((row, i) => ({ ...row, id: i + 1 }));
  return [
    defineTable('logistics.carriers', CARRIERS, {
      id: (c) => c.id,
      name: (c) => c.name,
      service: (c) => c.service,
      transit_days: (c) => c.transitDays,
    }),
    defineTable('logistics.shipments', shipments, {
      id: (s) => s.id,
      order_id: (s) => s.order.id,
      warehouse_id: (s) => s.warehouseId,
      carrier_id: (s) => s.carrierId,
      tracking_number: (s) => s.trackingNumber,
      status: (s) => s.status,
      is_express: (s) => s.isExpress,
      shipped_at: (s) => toTimestamp(s.shippedMs),
      promised_on: (s) => toDate(s.promisedMs),
      delivered_at: (s) => (s.deliveredMs === null ? null : toTimestamp(s.deliveredMs)),
      weight_kg: (s) => (s.weightGrams / 1_000).toFixed(3),
      freight_cost_usd: (s) => toMoney(s.freightUsdCents),
    }),
    defineTable('logistics.shipment_items', lines, {
      shipment_id: (row) => row.shipment.id,
      order_item_id: (row) => row.item.id,
      quantity: (row) => row.item.quantity,
    }),
    defineTable('logistics.shipment_events', events, {
      id: (row) => row.id,
      shipment_id: (row) => row.shipment.id,
      kind: (row) => row.event.kind,
      occurred_at: (row) => toTimestamp(row.event.ms),
      place: (row) => row.event.place,
    }),
  ];
}
