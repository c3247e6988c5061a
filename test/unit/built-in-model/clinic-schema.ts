import type { SchemaContext } from '../../../contracts/schema-registry.js';
import { sqlOver } from './one-line-sql.js';
import { key, table } from './shop-schema.js';

/** Animals and their clinics: kinds of things, years, numbers of things, contracts that end. */
const CLINIC: SchemaContext = {
  tables: [
    table('firm', 'firm_id* integer, firm_name! text, founded! integer, num_employees! integer, city! text'),
    table(
      'worker',
      'worker_id* integer, full_name! text, title! text, firm_id! integer, wage! numeric(8,2), hired_on! date, left_on date',
    ),
    table(
      'clinic',
      'clinic_id* integer, clinic_name! text, no_of_beds! integer, year_built integer, town! text',
    ),
    table('pet', 'pet_id* integer, pet_name! text, species! text, age! integer, has_chip! boolean'),
    table(
      'visit',
      'visit_id* integer, pet_id! integer, clinic_id! integer, plan_id integer, visited_at! timestamp, cost! numeric(8,2), visit_kind! text',
    ),
    table('plan', 'plan_id* integer, plan_name! text, has_dental! boolean, duration_sec! integer'),
    table('grade', 'grade_id* integer, clinic_id! integer, stars! integer'),
    table(
      'contract',
      'contract_id* integer, firm_id! integer, start_date! date, end_date date, worth! numeric(9,2)',
    ),
    table(
      'licence',
      'licence_id* integer, firm_id! integer, asked_on! date, granted_on date, expires_on date',
    ),
    table('trade', 'trade_id* integer, firm_id! integer, traded_at! timestamp, side! text, shares! integer'),
    table('car', 'car_id* integer, car_name! text, year! integer, maker! text, created_at! timestamp'),
    table('stay', 'stay_id* integer, pet_id! integer, admitted_on! date, discharged_on date'),
    table('breeder', 'breeder_id* integer, breeder_name! text, birth_year integer, joined_on! date'),
    table(
      'sale',
      'sale_id* integer, breeder_id! integer, sold_on! date, quantity_kg! numeric(8,1), price_per_kg! numeric(6,2)',
    ),
    table('bill', 'bill_id* integer, stay_id! integer, issued_on! date, amount! numeric(8,2)'),
  ],
  foreignKeys: [
    key('worker.firm_id', 'firm.firm_id'),
    key('visit.pet_id', 'pet.pet_id'),
    key('visit.clinic_id', 'clinic.clinic_id'),
    key('visit.plan_id', 'plan.plan_id'),
    key('grade.clinic_id', 'clinic.clinic_id'),
    key('contract.firm_id', 'firm.firm_id'),
    key('licence.firm_id', 'firm.firm_id'),
    key('trade.firm_id', 'firm.firm_id'),
    key('stay.pet_id', 'pet.pet_id'),
    key('sale.breeder_id', 'breeder.breeder_id'),
    key('bill.stay_id', 'stay.stay_id'),
  ],
};

/** Translates a question about it to SQL on one line. */
export const clinicSql = sqlOver(CLINIC, {
  'shop.worker.title': ['manager', 'sales rep', 'vet'],
  'shop.pet.species': ['cat', 'dog', 'guinea pig'],
  'shop.visit.visit_kind': ['checkup', 'surgery'],
  'shop.trade.side': ['buy', 'sell'],
});
