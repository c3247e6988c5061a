import type { Calendar } from './calendar.js';
import { toDate, toTimestamp } from './calendar.js';
import { toMoney } from './money.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';
import type { PurchaseOrder, Stock } from './stock.js';

export function stockTables(stock: Stock, calendar: Calendar): SampleTable[] {
  const isReceived = (order: PurchaseOrder) => order.receivedMs <= calendar.nowMs;
  const placed = stock.purchaseOrders.filter((order) => order.orderedMs <= calendar.nowMs);
  const ids = new Map(placed.map((order) => [order, order.id]));
  return [
    defineTable('logistics.purchase_orders', placed, {
      id: (o) => o.id,
      supplier_id: (o) => o.supplierId,
      warehouse_id: (o) => o.warehouseId,
      buyer_id: (o) => o.buyerId,
      status: (o) => (isReceived(o) ? 'received' : 'open'),
      is_rush: (o) => o.isRush,
      ordered_at: (o) => toTimestamp(o.orderedMs),
      expected_on: (o) => toDate(o.expectedMs),
      received_at: (o) => (isReceived(o) ? toTimestamp(o.receivedMs) : null),
      total_cost_usd: (o) =>
        toMoney(o.lines.reduce((sum, line) => sum + line.quantity * line.unitCostCents, 0)),
    }),
    defineTable(
      'logistics.purchase_order_items',
      placed.flatMap((order) => order.lines.map((line, i) => ({ order, line, lineNo: i + 1 }))),
      {
        purchase_order_id: (row) => row.order.id,
        line_no: (row) => row.lineNo,
        product_id: (row) => row.line.product.id,
        quantity_ordered: (row) => row.line.quantity,
        quantity_received: (row) => (isReceived(row.order) ? row.line.quantity : 0),
        unit_cost_usd: (row) => toMoney(row.line.unitCostCents),
      },
    ),
    defineTable('logistics.stock_levels', stock.levels, {
      warehouse_id: (l) => l.warehouseId,
      product_id: (l) => l.product.id,
      quantity_on_hand: (l) => l.onHand,
      reorder_point: (l) => l.reorderPoint,
      last_counted_on: (l) => (l.countedMs === null ? null : toDate(l.countedMs)),
    }),
    defineTable(
      'logistics.stock_movements',
      stock.movements.map((movement, i) => ({ ...movement, id: i + 1 })),
      {
        id: (m) => m.id,
        warehouse_id: (m) => m.warehouseId,
        product_id: (m) => m.product.id,
        kind: (m) => m.kind,
        quantity: (m) => m.quantity,
        moved_at: (m) => toTimestamp(m.movedMs),
        shipment_id: (m) => m.shipmentId,
        purchase_order_id: (m) => (m.purchaseOrder === null ? null : ids.get(m.purchaseOrder)!),
      },
    ),
  ];
}
