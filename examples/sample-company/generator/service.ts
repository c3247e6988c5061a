import type { Calendar } from './calendar.js';
import { DAY_MS, HOUR_MS, toTimestamp } from './calendar.js';
import type { Customer } from './customers.js';
import type { Order, OrderItem } from './orders.js';
import type { People } from './people.js';
import { DEPARTMENT } from './people.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';
import type { Shipment } from './shipments.js';

const PRAISE = [
  'Does what it should.',
  'Better than I hoped.',
  'Well made, fair price.',
  'Would buy again.',
  'Arrived early.',
];
const BLAME = [
  'Smaller than it looks.',
  'Broke after a week.',
  'Took too long to arrive.',
  'Colour is off.',
  'Not worth it.',
];
const TOPICS = ['delivery', 'return', 'product question', 'billing', 'account'];
const PRIORITIES = ['low', 'normal', 'high', 'urgent'];

interface Ticket {
  customer: Customer;
  order: Order | null;
  topic: string;
  priority: string;
  openedMs: number;
  closedMs: number | null;
  agentId: number | null;
  satisfaction: number | null;
}

/** Product reviews by buyers and support tickets; late parcels raise more of them. */
export function generateService(
  seed: number,
  calendar: Calendar,
  people: People,
  orders: readonly Order[],
  shipments: readonly Shipment[],
): SampleTable[] {
  const random = createRandom(seed, 'service');
  const late = new Set(
    shipments.filter((s) => (s.deliveredMs ?? calendar.nowMs) > s.promisedMs + DAY_MS).map((s) => s.order),
  );

  const reviews = orders
    .flatMap((order) => (order.customer.isBusiness ? [] : order.items))
    .flatMap((item: OrderItem) => {
      if (item.deliveredMs === null || !random.chance(0.13)) return [];
      const writtenMs = item.deliveredMs + (1 + random.next() * 40) * DAY_MS;
      if (writtenMs > calendar.nowMs) return [];
      const penalty = late.has(item.order) ? 25 : 0;
      const rating = random.weighted([5, 4, 3, 2, 1], [46 - penalty, 30, 11, 6 + penalty, 7]);
      const comment = random.chance(0.45) ? null : random.pick(rating >= 3 ? PRAISE : BLAME);
      return [{ item, rating, comment, writtenMs }];
    })
    .sort((a, b) => a.writtenMs - b.writtenMs);

  const tickets: Ticket[] = orders
    .flatMap((order) => {
      const isLate = late.has(order);
      if (!random.chance(isLate ? 0.32 : 0.09)) return [];
      const openedMs = order.placedMs + (isLate ? 4 + random.next() * 6 : random.next() * 25) * DAY_MS;
      if (openedMs > calendar.nowMs) return [];
      const topic = isLate && random.chance(0.8) ? 'delivery' : random.weighted(TOPICS, [28, 24, 26, 16, 6]);
      const priority = random.weighted(PRIORITIES, isLate ? [5, 45, 40, 10] : [30, 55, 12, 3]);
      const closedMs =
        openedMs + Math.exp(random.normal(2.6 - PRIORITIES.indexOf(priority) * 0.4, 1)) * HOUR_MS;
      const isClosed = closedMs <= calendar.nowMs && !random.chance(0.01);
      const isAssigned = isClosed || random.chance(0.6);
      return [
        {
          customer: order.customer,
          order: topic === 'account' || random.chance(0.05) ? null : order,
          topic,
          priority,
          openedMs,
          closedMs: isClosed ? closedMs : null,
          agentId: isAssigned ? people.pickEmployee(random, DEPARTMENT.care, openedMs).id : null,
          satisfaction:
            isClosed && random.chance(0.4)
              ? random.weighted([5, 4, 3, 2, 1], [40, 30, 14, 8, isLate ? 25 : 8])
              : null,
        },
      ];
    })
    .sort((a, b) => a.openedMs - b.openedMs);

  return [
    defineTable(
      'public.product_reviews',
      reviews.map((review, i) => ({ ...review, id: i + 1 })),
      {
        id: (r) => r.id,
        product_id: (r) => r.item.product.id,
        customer_id: (r) => r.item.order.customer.id,
        rating: (r) => r.rating,
        comment: (r) => r.comment,
        written_at: (r) => toTimestamp(r.writtenMs),
      },
    ),
    defineTable(
      'public.support_tickets',
      tickets.map((ticket, i) => ({ ...ticket, id: i + 1 })),
      {
        id: (t) => t.id,
        customer_id: (t) => t.customer.id,
        order_id: (t) => t.order?.id ?? null,
        agent_id: (t) => t.agentId,
        topic: (t) => t.topic,
        priority: (t) => t.priority,
        opened_at: (t) => toTimestamp(t.openedMs),
        closed_at: (t) => (t.closedMs === null ? null : toTimestamp(t.closedMs)),
        satisfaction_score: (t) => t.satisfaction,
      },
    ),
  ];
}
