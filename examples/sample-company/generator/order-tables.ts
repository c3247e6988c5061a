import { toDate, toTimestamp } from './calendar.js';
import { toMoney } from './money.js';
import type { Orders } from './orders.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';

const CHANNELS = ['Web shop', 'Mobile app', 'Store', 'Account desk', 'Marketplace'];

/** Call after shipments were made: they set the status of orders. */
export function orderTables({ orders, promotions }: Orders): SampleTable[] {
  return [
    defineTable('public.sales_channels', CHANNELS, {
      id: (name) => CHANNELS.indexOf(name) + 1,
      name: (name) => name,
      is_online: (name) => !['Store', 'Account desk'].includes(name),
    }),
    defineTable('public.promotions', promotions, {
      id: (p) => p.id,
      code: (p) => p.code,
      name: (p) => p.name,
      discount_percent: (p) => p.discountPercent,
      starts_on: (p) => toDate(p.startMs),
      ends_on: (p) => toDate(p.endMs),
    }),
    defineTable('public.orders', orders, {
      id: (o) => o.id,
      order_number: (o) => `TM-${100_000 + o.id}`,
      customer_id: (o) => o.customer.id,
      channel_id: (o) => o.channelId,
      store_id: (o) => o.storeId,
      billing_address_id: (o) => o.billTo.id,
      shipping_address_id: (o) => o.shipTo?.id ?? null,
      taken_by_employee_id: (o) => o.takenById,
      promotion_id: (o) => o.promotion?.id ?? null,
      status: (o) => o.status,
      placed_at: (o) => toTimestamp(o.placedMs),
      cancelled_at: (o) => (o.cancelledMs === null ? null : toTimestamp(o.cancelledMs)),
      currency_code: (o) => o.currency,
      exchange_rate: (o) => o.rate.toFixed(6),
      subtotal: (o) => toMoney(o.subtotalCents),
      shipping_fee: (o) => toMoney(o.shippingCents),
      tax_amount: (o) => toMoney(o.taxCents),
      total_amount: (o) => toMoney(o.totalCents),
      total_usd: (o) => toMoney(o.totalUsdCents),
    }),
    defineTable(
      'public.order_items',
      orders.flatMap((order) => order.items),
      {
        id: (i) => i.id,
        order_id: (i) => i.order.id,
        line_no: (i) => i.lineNo,
        product_id: (i) => i.product.id,
        quantity: (i) => i.quantity,
        unit_price: (i) => toMoney(i.unitPriceCents),
        discount_percent: (i) => i.discountPercent,
        line_total: (i) => toMoney(i.lineTotalCents),
        revenue_usd: (i) => toMoney(i.revenueUsdCents),
      },
    ),
  ];
}
