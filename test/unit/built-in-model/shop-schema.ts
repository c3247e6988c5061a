import type {
  ForeignKey,
  RegistryColumn,
  RegistryTable,
  SchemaContext,
} from '../../../contracts/schema-registry.js';

/** `name type`, with `*` for a primary key and `!` for NOT NULL behind the name. */
export function table(name: string, columns: string): RegistryTable {
  const canonicalTableName = `shop.${name}`;
  return {
    canonicalTableName,
    schemaName: 'shop',
    tableName: name,
    kind: 'table',
    comment: null,
    estimatedRows: 100,
    columns: columns.split(', ').map((text, i): RegistryColumn => {
      const [spec, ...type] = text.trim().split(' ');
      const plain = spec!.replace(/[*!]/g, '');
      return {
        canonicalColumnName: `${canonicalTableName}.${plain}`,
        name: plain,
        position: i + 1,
        dataType: type.join(' '),
        isNullable: !/[*!]/.test(spec!),
        isPrimaryKey: spec!.includes('*'),
        comment: null,
      };
    }),
  };
}

/** `table.column` refers to `table.column`, both of the schema `shop`. */
export function key(from: string, to: string): ForeignKey {
  const [fromTable, fromColumn] = from.split('.');
  const [toTable, toColumn] = to.split('.');
  return {
    name: `${fromTable}_${fromColumn}_fkey`,
    fromTable: `shop.${fromTable}`,
    fromColumns: [fromColumn!],
    toTable: `shop.${toTable}`,
    toColumns: [toColumn!],
  };
}

/** A made-up shop: enough tables for joins up and down, a link table, and two ways from orders to addresses. */
export const SHOP: SchemaContext = {
  tables: [
    table(
      'customers',
      'id* integer, name! text, email text, segment! text, signed_up_on! date, is_active! boolean, credit_limit numeric(10,2)',
    ),
    table('addresses', 'id* integer, customer_id! integer, street! text, city! text'),
    table(
      'orders',
      'id* bigint, customer_id! integer, billing_address_id! integer, shipping_address_id integer, status! text, placed_at! timestamp with time zone, shipping_fee numeric(10,2), total_amount! numeric(12,2)',
    ),
    table(
      'order_lines',
      'id* bigint, order_id! bigint, product_id! integer, quantity! integer, line_total! numeric(12,2)',
    ),
    table(
      'products',
      'id* integer, name! text, category_id! integer, price! numeric(10,2), weight_kg numeric(8,3), "Class" text',
    ),
    table('categories', 'id* integer, name! text'),
    table('tags', 'id* integer, name! text'),
    table('product_tags', 'product_id* integer, tag_id* integer'),
    table(
      'staff_members',
      'id* integer, first_name! text, last_name! text, hire_date! date, left_on date, salary! numeric(10,2)',
    ),
  ],
  foreignKeys: [
    key('addresses.customer_id', 'customers.id'),
    key('orders.customer_id', 'customers.id'),
    key('orders.billing_address_id', 'addresses.id'),
    key('orders.shipping_address_id', 'addresses.id'),
    key('order_lines.order_id', 'orders.id'),
    key('order_lines.product_id', 'products.id'),
    key('products.category_id', 'categories.id'),
    key('product_tags.product_id', 'products.id'),
    key('product_tags.tag_id', 'tags.id'),
  ],
};
// A name that needs quotes everywhere.
const odd = SHOP.tables.find((t) => t.tableName === 'products')!.columns.find((c) => c.name === '"Class"')!;
odd.name = 'Class';

export const SHOP_VALUES: Readonly<Record<string, readonly string[]>> = {
  'shop.customers.segment': ['consumer', 'business'],
  'shop.addresses.city': ['Berlin', 'New York', 'Paris'],
  'shop.orders.status': ['open', 'delivered', 'cancelled'],
  'shop.categories.name': ['Toys', 'Garden', 'Books'],
  'shop.products."Class"': ["Collector's"],
};

export const TODAY = '2025-11-23';
