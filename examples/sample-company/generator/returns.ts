import type { Calendar } from './calendar.js';
import { DAY_MS, toTimestamp } from './calendar.js';
import { toMoney } from './money.js';
import type { Order, OrderItem } from './orders.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';

export interface Return {
  id: number;
  order: Order;
  reason: string;
  status: 'requested' | 'received' | 'refunded' | 'rejected';
  requestedMs: number;
  receivedMs: number | null;
  /** When it was refunded or rejected. */
  closedMs: number | null;
  /** In the order's currency; null until refunded. */
  refundCents: number | null;
  items: { item: OrderItem; quantity: number; refundCents: number; condition: string | null }[];
}

const REASONS = ['changed mind', 'damaged', 'wrong item', 'not as described', 'arrived too late'];

/** Goods that customers sent back within a month of delivery. */
export function generateReturns(seed: number, calendar: Calendar, orders: readonly Order[]): Return[] {
  const random = createRandom(seed, 'returns');
  const returns: Omit<Return, 'id'>[] = [];
  for (const order of orders) {
    const back = order.items.filter(
      (item) =>
        random.chance(item.product.category.returnRate * (order.customer.isBusiness ? 0.5 : 1)) &&
        item.deliveredMs !== null,
    );
    if (back.length === 0) continue;
    const lastMs = Math.max(...back.map((item) => item.deliveredMs!));
    const requestedMs = lastMs + (0.5 + random.next() ** 1.6 * 26) * DAY_MS;
    if (requestedMs > calendar.nowMs) continue;
    const receivedMs = requestedMs + random.int(3, 11) * DAY_MS;
    const closedMs = receivedMs + random.int(1, 4) * DAY_MS;
    const isReceived = receivedMs <= calendar.nowMs;
    const isClosed = closedMs <= calendar.nowMs;
    const isRejected = isClosed && random.chance(0.04);
    const items = back.map((item) => {
      const quantity = random.chance(0.7) ? item.quantity : random.int(1, item.quantity);
      return {
        item,
        quantity,
        refundCents: isRejected ? 0 : Math.round((item.lineTotalCents * quantity) / item.quantity),
        condition: isReceived ? random.weighted(['as new', 'opened', 'damaged'], [58, 27, 15]) : null,
      };
    });
    returns.push({
      order,
      reason: random.weighted(REASONS, [42, 18, 9, 21, 10]),
      status: isRejected ? 'rejected' : isClosed ? 'refunded' : isReceived ? 'received' : 'requested',
      requestedMs,
      receivedMs: isReceived ? receivedMs : null,
      closedMs: isClosed ? closedMs : null,
      refundCents: isClosed && !isRejected ? items.reduce((sum, row) => sum + row.refundCents, 0) : null,
      items,
    });
  }
  return returns.sort((a, b) => a.requestedMs - b.requestedMs).map((entry, i) => ({ ...entry, id: i + 1 }));
}

export function returnTables(returns: readonly Return[]): SampleTable[] {
  const toOptional = (ms: number | null) => (ms === null ? null : toTimestamp(ms));
  return [
    defineTable('public.returns', returns, {
      id: (r) => r.id,
      order_id: (r) => r.order.id,
      reason: (r) => r.reason,
      status: (r) => r.status,
      requested_at: (r) => toTimestamp(r.requestedMs),
      received_at: (r) => toOptional(r.receivedMs),
      closed_at: (r) => toOptional(r.closedMs),
      refund_amount: (r) => (r.refundCents === null ? null : toMoney(r.refundCents)),
    }),
    defineTable(
      'public.return_items',
      returns.flatMap((entry) => entry.items.map((row) => ({ ...row, returnId: entry.id }))),
      {
        return_id: (row) => row.returnId,
        order_item_id: (row) => row.item.id,
        quantity: (row) => row.quantity,
        refund_amount: (row) => toMoney(row.refundCents),
        condition: (row) => row.condition,
      },
    ),
  ];
}
