import type {
  ForeignKey,
  RegistryTable,
  SampledValues,
  SchemaContext,
} from '../../../contracts/schema-registry.js';
import { canonicalColumnName, canonicalTableName } from '../../../domain/canonical-names.js';

/** `name type` texts; `*` after the name marks the primary key, `?` a column that may be empty. */
export const table = (tableName: string, ...columns: string[]): RegistryTable => ({
  canonicalTableName: canonicalTableName('public', tableName),
  schemaName: 'public',
  tableName,
  kind: 'table',
  comment: null,
  estimatedRows: 1_000,
  columns: columns.map((text, index) => {
    const [given = '', ...type] = text.split(' ');
    const name = given.replace(/[*?]$/, '');
    return {
      canonicalColumnName: canonicalColumnName('public', tableName, name),
      name,
      position: index + 1,
      dataType: type.join(' '),
      isNullable: given.endsWith('?'),
      isPrimaryKey: given.endsWith('*'),
      comment: null,
    };
  }),
});

export const foreignKey = (from: string, column: string, to: string): ForeignKey => ({
  name: `${from}_${column}`,
  fromTable: `public.${from}`,
  fromColumns: [column],
  toTable: `public.${to}`,
  toColumns: ['id'],
});

export const SHOP: SchemaContext = {
  tables: [
    table('customers', 'id* integer', 'name text', 'city? text', 'credit_limit? numeric'),
    table(
      'orders',
      'id* integer',
      'customer_id integer',
      'status text',
      'total numeric',
      'currency text',
      'total_usd numeric',
      'rating? integer',
      'placed_at timestamp with time zone',
    ),
    table(
      'order_items',
      'id* integer',
      'order_id integer',
      'product_id integer',
      'quantity integer',
      'price numeric',
    ),
    table('products', 'id* integer', 'category_id integer', 'name text', 'price numeric', 'stock integer'),
    table('categories', 'id* integer', 'name text'),
    table('tags', 'id* integer', 'name text'),
    table('product_tags', 'product_id* integer', 'tag_id* integer'),
    table(
      'product_labels',
      'id* integer',
      'product_id integer',
      'tag_id integer',
      'added_at timestamp with time zone',
    ),
    table('exchange_rates', 'currency* text', 'day* date', 'rate numeric'),
    table('payments', 'id* integer', 'order_id integer', 'amount numeric'),
    table('regional_sales', 'region text', 'channel text', 'revenue numeric'),
    table('readings', 'id* integer', 'sensor text', 'weight numeric', 'weight_unit text', 'value numeric'),
    table('loose', 'code text', 'amount numeric'),
  ],
  foreignKeys: [
    foreignKey('orders', 'customer_id', 'customers'),
    foreignKey('order_items', 'order_id', 'orders'),
    foreignKey('order_items', 'product_id', 'products'),
    foreignKey('products', 'category_id', 'categories'),
    foreignKey('product_tags', 'product_id', 'products'),
    foreignKey('product_tags', 'tag_id', 'tags'),
    foreignKey('product_labels', 'product_id', 'products'),
    foreignKey('product_labels', 'tag_id', 'tags'),
    foreignKey('payments', 'order_id', 'orders'),
  ],
};

export const SHOP_VALUES: SampledValues = {
  'public.orders.status': ['open', 'paid', 'sent'],
  'public.orders.currency': ['CHF', 'EUR', 'USD'],
  'public.customers.city': ['Ulm', 'Bonn', 'München'],
  'public.regional_sales.region': ['North', 'South', 'Total'],
  'public.regional_sales.channel': ['shop', 'web'],
  'public.readings.weight_unit': ['kg', 'lb'],
};
