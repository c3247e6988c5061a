import type { Calendar } from './calendar.js';
import { DAY_MS, HOUR_MS } from './calendar.js';
import type { Catalogue } from './catalogue.js';
import { isOnSale } from './catalogue.js';
import type { Order } from './orders.js';
import type { People } from './people.js';
import { DEPARTMENT } from './people.js';
import type { Product } from './product.js';
import { createRandom } from './random.js';
import type { Return } from './returns.js';
import type { Shipment } from './shipments.js';
import { WAREHOUSES } from './sites.js';

export interface StockMovement {
  warehouseId: number;
  product: Product;
  kind: 'opening' | 'sale' | 'receipt' | 'return' | 'adjustment';
  /** Signed: what goes out is negative. */
  quantity: number;
  movedMs: number;
  shipmentId: number | null;
  purchaseOrder: PurchaseOrder | null;
}

export interface PurchaseOrder {
  id: number;
  supplierId: number;
  warehouseId: number;
  buyerId: number;
  orderedMs: number;
  expectedMs: number;
  /** Infinity while it is not received. */
  receivedMs: number;
  isRush: boolean;
  lines: { product: Product; quantity: number; unitCostCents: number }[];
}

export interface StockLevel {
  warehouseId: number;
  product: Product;
  onHand: number;
  onOrder: PurchaseOrder | null;
  reorderPoint: number;
  orderQuantity: number;
  countedMs: number | null;
}

export interface Stock {
  movements: StockMovement[];
  purchaseOrders: PurchaseOrder[];
  levels: StockLevel[];
}

/**
 * Plays all goods in and out in order of time. Every Monday what runs low is ordered; when a sale needs more than there
 * is, the open purchase order comes in early or a rush order had been placed. So stock is never below zero, and the
 * movements of a product in a warehouse add up to its stock.
 */
export function generateStock(
  seed: number,
  calendar: Calendar,
  catalogue: Catalogue,
  people: People,
  orders: readonly Order[],
  shipments: readonly Shipment[],
  returns: readonly Return[],
): Stock {
  const random = createRandom(seed, 'stock');
  const movements: StockMovement[] = [];
  const purchaseOrders: PurchaseOrder[] = [];
  const open: PurchaseOrder[] = [];
  const wishes = collectWishes(orders, shipments, returns);
  const levels = createLevels();
  const find = (warehouseId: number, product: Product) =>
    levels[(warehouseId - 1) * catalogue.products.length + product.id - 1]!;

  let reviewMs = calendar.startMs + 6 * HOUR_MS;
  while (new Date(reviewMs).getUTCDay() !== 1) reviewMs += DAY_MS;
  for (const wish of wishes) {
    advance(wish.movedMs);
    const level = find(wish.warehouseId, wish.product);
    if (level.onHand + wish.quantity < 0) restock(level, -wish.quantity, wish.movedMs);
    move(level, wish.kind, wish.quantity, wish.movedMs, wish.shipmentId, null);
  }
  advance(calendar.nowMs);

  movements.sort((a, b) => a.movedMs - b.movedMs);
  purchaseOrders.sort((a, b) => a.orderedMs - b.orderedMs);
  for (const [i, purchaseOrder] of purchaseOrders.entries()) purchaseOrder.id = i + 1;
  return { movements, purchaseOrders, levels };

  function createLevels(): StockLevel[] {
    const sold = new Map<string, { total: number; largest: number }>();
    for (const wish of wishes) {
      if (wish.quantity > 0) continue;
      const key = `${wish.warehouseId} ${wish.product.id}`;
      const sum = sold.get(key) ?? { total: 0, largest: 0 };
      sold.set(key, { total: sum.total - wish.quantity, largest: Math.max(sum.largest, -wish.quantity) });
    }
    const days = (calendar.nowMs - calendar.startMs) / DAY_MS;
    return WAREHOUSES.flatMap((warehouse) =>
      catalogue.products.map((product) => {
        const { total, largest } = sold.get(`${warehouse.id} ${product.id}`) ?? { total: 0, largest: 0 };
        const daily = total / days;
        const minimum = product.suppliers[0]!.minimumQuantity;
        const level: StockLevel = {
          warehouseId: warehouse.id,
          product,
          onHand: 0,
          onOrder: null,
          reorderPoint: Math.ceil(daily * (product.suppliers[0]!.leadDays + 14) + largest * 0.6) + 2,
          orderQuantity: Math.max(minimum, Math.ceil((daily * 75) / 6) * 6),
          countedMs: random.chance(0.12) ? null : calendar.nowMs - random.int(1, 200) * DAY_MS,
        };
        if (product.launchedMs < calendar.startMs) {
          move(
            level,
            'opening',
            level.reorderPoint + random.int(4, level.orderQuantity),
            calendar.startMs,
            null,
            null,
          );
        }
        return level;
      }),
    );
  }

  function move(
    level: StockLevel,
    kind: StockMovement['kind'],
    quantity: number,
    movedMs: number,
    shipmentId: number | null,
    purchaseOrder: PurchaseOrder | null,
  ): void {
    level.onHand += quantity;
    const { warehouseId, product } = level;
    movements.push({ warehouseId, product, kind, quantity, movedMs, shipmentId, purchaseOrder });
  }

  /** Receipts and weekly reviews up to that moment, in order of time. */
  function advance(untilMs: number): void {
    for (;;) {
      const next = open.reduce<PurchaseOrder | null>(
        (first, order) => (first === null || order.receivedMs < first.receivedMs ? order : first),
        null,
      );
      if (next !== null && next.receivedMs <= Math.min(untilMs, reviewMs)) receive(next);
      else if (reviewMs <= untilMs) {
        review(reviewMs);
        reviewMs += 7 * DAY_MS;
      } else return;
    }
  }

  function receive(purchaseOrder: PurchaseOrder): void {
    open.splice(open.indexOf(purchaseOrder), 1);
    for (const line of purchaseOrder.lines) {
      const level = find(purchaseOrder.warehouseId, line.product);
      level.onOrder = null;
      move(level, 'receipt', line.quantity, purchaseOrder.receivedMs, null, purchaseOrder);
    }
  }

  function review(ms: number): void {
    const drafts = new Map<string, StockLevel[]>();
    for (const level of levels) {
      if (level.onOrder !== null || level.onHand >= level.reorderPoint || !isOnSale(level.product, ms))
        continue;
      const key = `${level.warehouseId} ${level.product.suppliers[0]!.supplierId}`;
      drafts.set(key, [...(drafts.get(key) ?? []), level]);
    }
    for (const draft of drafts.values()) {
      order(
        draft,
        ms + random.int(1, 600) * 60_000,
        false,
        (level) => level.orderQuantity + Math.max(0, level.reorderPoint - level.onHand),
      );
    }
    for (let i = 0; i < 4; i++) {
      const level = random.pick(levels);
      const quantity = random.weighted([-1, -2, -4, 1, 2], [50, 20, 5, 18, 7]);
      if (level.onHand + quantity >= 0 && level.onHand > 0)
        move(level, 'adjustment', quantity, ms, null, null);
    }
  }

  function order(
    lines: StockLevel[],
    orderedMs: number,
    isRush: boolean,
    quantityOf: (level: StockLevel) => number,
  ): PurchaseOrder {
    const source = lines[0]!.product.suppliers[0]!;
    const leadDays = isRush ? 4 : Math.max(...lines.map((level) => level.product.suppliers[0]!.leadDays));
    const slipDays = Math.max(-2, random.normal(0.6, 2.6));
    const purchaseOrder: PurchaseOrder = {
      id: 0,
      supplierId: source.supplierId,
      warehouseId: lines[0]!.warehouseId,
      buyerId: people.pickEmployee(random, DEPARTMENT.purchasing, orderedMs).id,
      orderedMs,
      expectedMs: orderedMs + leadDays * DAY_MS,
      receivedMs: orderedMs + Math.max(1, leadDays + slipDays) * DAY_MS,
      isRush,
      lines: lines.map((level) => ({
        product: level.product,
        quantity: quantityOf(level),
        unitCostCents: Math.round(level.product.suppliers[0]!.costCents * (isRush ? 1.12 : 1)),
      })),
    };
    for (const level of lines) level.onOrder = purchaseOrder;
    purchaseOrders.push(purchaseOrder);
    open.push(purchaseOrder);
    return purchaseOrder;
  }

  /** Makes sure that `needed` pieces were there shortly before the moment. */
  function restock(level: StockLevel, needed: number, ms: number): void {
    if (level.onOrder !== null && level.onOrder.orderedMs < ms - 2 * DAY_MS) {
      level.onOrder.receivedMs = ms - random.int(60, 300) * 60_000;
      receive(level.onOrder);
    }
    if (level.onHand >= needed) return;
    // An order placed only just now stays open beside the rush order.
    const pending = level.onOrder;
    const rush = order(
      [level],
      ms - random.int(3, 5) * DAY_MS,
      true,
      () => needed - level.onHand + level.orderQuantity,
    );
    rush.receivedMs = ms - random.int(60, 300) * 60_000;
    receive(rush);
    level.onOrder = pending;
  }
}

type Wish = Pick<StockMovement, 'warehouseId' | 'product' | 'kind' | 'quantity' | 'movedMs' | 'shipmentId'>;

/** Goods that leave for customers or come back fit for sale, in order of time. */
function collectWishes(
  orders: readonly Order[],
  shipments: readonly Shipment[],
  returns: readonly Return[],
): Wish[] {
  const wishes: Wish[] = [];
  const add = (
    warehouseId: number,
    product: Product,
    quantity: number,
    movedMs: number,
    shipmentId: number | null,
  ) =>
    wishes.push({
      warehouseId,
      product,
      kind: quantity < 0 ? 'sale' : 'return',
      quantity,
      movedMs,
      shipmentId,
    });
  for (const order of orders) {
    if (order.storeId === null) continue;
    for (const item of order.items)
      add(order.warehouseId, item.product, -item.quantity, order.placedMs, null);
  }
  for (const shipment of shipments) {
    for (const item of shipment.items) {
      add(shipment.warehouseId, item.product, -item.quantity, shipment.shippedMs, shipment.id);
    }
  }
  for (const entry of returns) {
    for (const row of entry.items) {
      if (entry.receivedMs === null || row.condition === 'damaged') continue;
      add(entry.order.warehouseId, row.item.product, row.quantity, entry.receivedMs, null);
    }
  }
  return wishes.sort((a, b) => a.movedMs - b.movedMs);
}
