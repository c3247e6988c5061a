import type { Calendar } from './calendar.js';
import { DAY_MS, toDate, toTimestamp } from './calendar.js';
import { toMoney } from './money.js';
import type { Order } from './orders.js';
import { createRandom } from './random.js';
import type { Return } from './returns.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';
import type { Shipment } from './shipments.js';

interface Payment {
  order: Order;
  kind: 'charge' | 'refund';
  method: string;
  status: 'captured' | 'failed' | 'voided';
  /** In the order's currency; refunds are negative. */
  cents: number;
  paidMs: number;
}

interface Invoice {
  order: Order;
  issuedMs: number;
  dueMs: number;
  paidMs: number | null;
}

const METHODS = ['card', 'wallet', 'gift card', 'bank transfer'];

/** Payments of all orders, invoices of business orders (sent with the first shipment). */
export function generateFinance(
  seed: number,
  calendar: Calendar,
  orders: readonly Order[],
  shipments: readonly Shipment[],
  returns: readonly Return[],
): SampleTable[] {
  const random = createRandom(seed, 'finance');
  const payments: Payment[] = [];
  const invoices: Invoice[] = [];
  const methods = new Map<Order, string>();
  const firstShipped = new Map<Order, number>();
  for (const { order, shippedMs } of shipments) {
    if (!firstShipped.has(order)) firstShipped.set(order, shippedMs);
  }

  for (const order of orders) {
    if (order.customer.isBusiness) {
      const issuedMs = firstShipped.get(order);
      if (issuedMs === undefined) continue;
      const dueMs = issuedMs + (order.customer.discountPercent >= 8 ? 45 : 30) * DAY_MS;
      const paidMs = random.chance(0.015) ? Infinity : issuedMs + Math.max(2, random.normal(24, 9)) * DAY_MS;
      const isPaid = paidMs <= calendar.nowMs;
      invoices.push({ order, issuedMs, dueMs, paidMs: isPaid ? paidMs : null });
      if (isPaid) add(order, 'charge', 'bank transfer', 'captured', order.totalCents, paidMs);
      continue;
    }
    const method = random.weighted(METHODS.slice(0, 3), [70, 24, 6]);
    methods.set(order, method);
    const isRetried = order.storeId === null && random.chance(0.03);
    if (isRetried) add(order, 'charge', method, 'failed', order.totalCents, order.placedMs - 40_000);
    add(
      order,
      'charge',
      method,
      order.status === 'cancelled' ? 'voided' : 'captured',
      order.totalCents,
      order.placedMs,
    );
  }
  for (const entry of returns) {
    if (entry.refundCents === null) continue;
    add(
      entry.order,
      'refund',
      methods.get(entry.order) ?? 'bank transfer',
      'captured',
      -entry.refundCents,
      entry.closedMs!,
    );
  }
  payments.sort((a, b) => a.paidMs - b.paidMs);
  invoices.sort((a, b) => a.issuedMs - b.issuedMs);

  function add(
    order: Order,
    kind: Payment['kind'],
    method: string,
    status: Payment['status'],
    cents: number,
    paidMs: number,
  ): void {
    payments.push({ order, kind, method, status, cents, paidMs });
  }

  return [
    defineTable(
      'public.payments',
      payments.map((payment, i) => ({ ...payment, id: i + 1 })),
      {
        id: (p) => p.id,
        order_id: (p) => p.order.id,
        kind: (p) => p.kind,
        method: (p) => p.method,
        status: (p) => p.status,
        amount: (p) => toMoney(p.cents),
        currency_code: (p) => p.order.currency,
        paid_at: (p) => toTimestamp(p.paidMs),
      },
    ),
    defineTable(
      'public.invoices',
      invoices.map((invoice, i) => ({ ...invoice, id: i + 1 })),
      {
        id: (i) => i.id,
        invoice_number: (i) =>
          `INV-${new Date(i.issuedMs).getUTCFullYear()}-${String(i.id).padStart(6, '0')}`,
        order_id: (i) => i.order.id,
        status: (i) => (i.paidMs !== null ? 'paid' : i.dueMs < calendar.nowMs ? 'overdue' : 'open'),
        amount: (i) => toMoney(i.order.totalCents),
        currency_code: (i) => i.order.currency,
        issued_on: (i) => toDate(i.issuedMs),
        due_on: (i) => toDate(i.dueMs),
        paid_on: (i) => (i.paidMs === null ? null : toDate(i.paidMs)),
      },
    ),
  ];
}
