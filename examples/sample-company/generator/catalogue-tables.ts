import { toDate } from './calendar.js';
import { BRANDS, CATEGORIES, PARENT_CATEGORIES, TAGS } from './catalogue-words.js';
import { toMoney } from './money.js';
import type { Product, Supplier } from './product.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';

const toOptionalDate = (ms: number | null) => (ms === null ? null : toDate(ms));

export function catalogueTables(products: readonly Product[], suppliers: readonly Supplier[]): SampleTable[] {
  const categories = [
    ...PARENT_CATEGORIES.map((name, i) => ({ id: i + 1, name, parentId: null })),
    ...CATEGORIES.map(({ id, name, parentId }) => ({ id, name, parentId })),
  ];
  const prices = products.flatMap((product) => product.prices.map((price) => ({ product, price })));
  const sources = products.flatMap((product) => product.suppliers.map((source) => ({ product, source })));
  const links = products.flatMap((product) =>
    product.tagIds.map((tagId) => ({ productId: product.id, tagId })),
  );

  return [
    defineTable('public.categories', categories, {
      id: (c) => c.id,
      name: (c) => c.name,
      parent_id: (c) => c.parentId,
    }),
    defineTable('public.brands', BRANDS, {
      id: (name) => BRANDS.indexOf(name) + 1,
      name: (name) => name,
      is_own_brand: (name) => name.startsWith('Tallowmere'),
    }),
    defineTable('public.suppliers', suppliers, {
      id: (s) => s.id,
      name: (s) => s.name,
      country_code: (s) => s.countryCode,
      email: (s) => s.email,
      payment_terms_days: (s) => s.paymentDays,
      rating: (s) => s.rating,
      is_active: (s) => s.isActive,
    }),
    defineTable('public.products', products, {
      id: (p) => p.id,
      sku: (p) => p.sku,
      name: (p) => p.name,
      category_id: (p) => p.category.id,
      brand_id: (p) => p.brandId,
      list_price_usd: (p) => toMoney(p.prices.at(-1)!.cents),
      unit_cost_usd: (p) => toMoney(p.costCents),
      weight_kg: (p) => (p.weightGrams / 1_000).toFixed(3),
      barcode: (p) => p.barcode,
      attributes: (p) => p.attributes,
      launched_on: (p) => toDate(p.launchedMs),
      discontinued_on: (p) => toOptionalDate(p.discontinuedMs),
    }),
    defineTable('public.product_prices', prices, {
      product_id: (row) => row.product.id,
      valid_from: (row) => toDate(row.price.fromMs),
      valid_to: (row) => toOptionalDate(row.price.untilMs),
      list_price_usd: (row) => toMoney(row.price.cents),
    }),
    defineTable('public.product_suppliers', sources, {
      product_id: (row) => row.product.id,
      supplier_id: (row) => row.source.supplierId,
      unit_cost_usd: (row) => toMoney(row.source.costCents),
      lead_time_days: (row) => row.source.leadDays,
      minimum_quantity: (row) => row.source.minimumQuantity,
      is_preferred: (row) => row.source.isPreferred,
    }),
    defineTable('public.tags', TAGS, { id: (name) => TAGS.indexOf(name) + 1, name: (name) => name }),
    defineTable('public.product_tags', links, { product_id: (l) => l.productId, tag_id: (l) => l.tagId }),
  ];
}
