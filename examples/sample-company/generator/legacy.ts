import type { Calendar } from './calendar.js';
import { addMonths, DAY_MS, toDate, toTimestamp } from './calendar.js';
import type { Catalogue } from './catalogue.js';
import type { Customer } from './customers.js';
import { toMoney } from './money.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';

/**
 * What a retired system left behind: its customer master, and the cross-reference made when it was migrated. On purpose
 * with cut names, codes, dates as text, no foreign keys, and a few rows that match nothing.
 */
export function generateLegacy(
  seed: number,
  calendar: Calendar,
  customers: readonly Customer[],
  catalogue: Catalogue,
): SampleTable[] {
  const random = createRandom(seed, 'legacy');
  const migratedMs = addMonths(calendar.startMs, 5);
  const moved = customers
    .filter((customer) => customer.signedUpMs < migratedMs)
    .map((customer) => ({
      customer,
      number: `K${String(40_000 + customer.id * 3)}`,
      turnoverCents: random.chance(0.2) ? null : Math.round(customer.weight * random.int(4_000, 30_000)),
      isBlocked: random.chance(0.05),
      clerk: random.pick(['BATCH', 'hk', 'mrs', 'tw2']),
    }));
  const links = [
    ...moved.map((row) => ({ code: 'C', old: row.number, id: row.customer.id })),
    ...catalogue.products
      .filter((product) => product.launchedMs < migratedMs)
      .map((product) => ({ code: 'P', old: `A${String(product.id * 11).padStart(6, '0')}`, id: product.id })),
    ...Array.from({ length: 14 }, (_, i) => ({ code: 'C', old: `K${39_000 + i * 5}`, id: 900_000 + i })),
  ].map((link) => ({ ...link, ms: migratedMs + random.int(0, 3 * 86_400) * 1_000 }));

  return [
    defineTable('legacy.tbl_kd_stm', moved, {
      kd_nr: (r) => r.number,
      kd_typ: (r) => (r.customer.isBusiness ? 'G' : 'P'),
      nm1: (r) => r.customer.name.toUpperCase().slice(0, 30),
      nm2: (r) => (r.customer.isBusiness ? r.customer.contact.toUpperCase().slice(0, 30) : null),
      str_hnr: (r) => r.customer.addresses[0]!.street,
      plz: (r) => r.customer.addresses[0]!.postcode,
      ort: (r) => r.customer.addresses[0]!.city,
      lkz: (r) => r.customer.country.code,
      ums_vj: (r) => (r.turnoverCents === null ? null : toMoney(r.turnoverCents)),
      kz_sp: (r) => (r.isBlocked ? 'J' : 'N'),
      anl_dt: (r) => toDate(r.customer.signedUpMs).replaceAll('-', ''),
      aend_usr: (r) => r.clerk,
    }),
    defineTable('legacy.xref_lgcy_07', links, {
      k_alt: (l) => l.old,
      t_cd: (l) => l.code,
      id_neu: (l) => l.id,
      ts_u: (l) => toTimestamp(Math.min(l.ms, calendar.nowMs - DAY_MS)),
    }),
  ];
}
