import { createCalendar } from './generator/calendar.js';
import { generateCatalogue } from './generator/catalogue.js';
import { generateCustomers } from './generator/customers.js';
import { generateFinance } from './generator/finance.js';
import { generateGeography } from './generator/geography.js';
import { generateLegacy } from './generator/legacy.js';
import { orderTables } from './generator/order-tables.js';
import { generateOrders } from './generator/orders.js';
import { generatePeople } from './generator/people.js';
import { generateReturns, returnTables } from './generator/returns.js';
import type { SampleTable } from './generator/sample-table.js';
import { generateService } from './generator/service.js';
import { generateShipments, shipmentTables } from './generator/shipments.js';
import { generateSites } from './generator/sites.js';
import { generateStock } from './generator/stock.js';
import { stockTables } from './generator/stock-tables.js';

/** Raised with every change that makes other rows from the same seed. */
export const SAMPLE_GENERATOR_VERSION = 1;

export const DEFAULT_SAMPLE_SEED = 20260101;

/**
 * Tallowmere Supply, a company that sells household and trade goods in eight countries: three years of it, up to `now`.
 * Yields table after table, each made when it is asked for. The same seed and `now` give the same rows; no moment that
 * has happened lies after `now` (planned days such as due dates may).
 */
export function* generateSampleCompany(options: { seed?: number; now: Date }): Generator<SampleTable> {
  const { seed = DEFAULT_SAMPLE_SEED, now } = options;
  const calendar = createCalendar(now);
  const geography = generateGeography(seed, calendar);
  yield* geography.tables;
  yield* generateSites(calendar);
  const people = generatePeople(seed, calendar);
  yield* people.tables;
  const catalogue = generateCatalogue(seed, calendar);
  yield* catalogue.tables;
  const customers = generateCustomers(seed, calendar, people);
  yield* customers.tables;
  const sales = generateOrders(seed, calendar, geography, people, catalogue, customers);
  const shipments = generateShipments(seed, calendar, sales.orders);
  yield* orderTables(sales);
  yield* shipmentTables(shipments);
  const returns = generateReturns(seed, calendar, sales.orders);
  yield* returnTables(returns);
  const stock = generateStock(seed, calendar, catalogue, people, sales.orders, shipments, returns);
  yield* stockTables(stock, calendar);
  yield* generateFinance(seed, calendar, sales.orders, shipments, returns);
  yield* generateService(seed, calendar, people, sales.orders, shipments);
  yield* generateLegacy(seed, calendar, customers.customers, catalogue);
}
