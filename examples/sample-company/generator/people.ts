import type { Calendar } from './calendar.js';
import { DAY_MS, toDate } from './calendar.js';
import { toMoney } from './money.js';
import type { Random } from './random.js';
import { createRandom } from './random.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';
import { STORES, WAREHOUSES } from './sites.js';
import { personName, toMailName } from './words.js';

export interface Employee {
  id: number;
  first: string;
  last: string;
  email: string;
  departmentId: number;
  managerId: number | null;
  jobTitle: string;
  hiredMs: number;
  leftMs: number | null;
  salaryCents: number;
  warehouseId: number | null;
  storeId: number | null;
}

export interface People {
  tables: SampleTable[];
  employees: readonly Employee[];
  /** Someone of the department who was employed at that moment; its head when nobody else was. */
  pickEmployee(random: Random, departmentId: number, ms: number): Employee;
}

export const DEPARTMENT = {
  executive: 1,
  sales: 2,
  care: 3,
  logistics: 4,
  purchasing: 5,
  finance: 6,
  technology: 7,
  people: 8,
  stores: 9,
} as const;

// biome-ignore format: a table reads best as one
const DEPARTMENTS = [
  { id: 1, name: 'Executive', costCentre: 'CC-100', staff: 0, lead: '', title: '', pay: 0 },
  { id: 2, name: 'Sales', costCentre: 'CC-200', staff: 26, lead: 'Sales Team Lead', title: 'Account Manager', pay: 61_000 },
  { id: 3, name: 'Customer Care', costCentre: 'CC-210', staff: 22, lead: 'Care Team Lead', title: 'Care Agent', pay: 43_000 },
  { id: 4, name: 'Logistics', costCentre: 'CC-300', staff: 58, lead: 'Shift Lead', title: 'Warehouse Associate', pay: 41_000 },
  { id: 5, name: 'Purchasing', costCentre: 'CC-310', staff: 9, lead: 'Lead Buyer', title: 'Buyer', pay: 58_000 },
  { id: 6, name: 'Finance', costCentre: 'CC-400', staff: 10, lead: 'Finance Lead', title: 'Accountant', pay: 64_000 },
  { id: 7, name: 'Technology', costCentre: 'CC-500', staff: 16, lead: 'Engineering Lead', title: 'Software Engineer', pay: 92_000 },
  { id: 8, name: 'People', costCentre: 'CC-600', staff: 5, lead: 'People Lead', title: 'People Partner', pay: 57_000 },
  { id: 9, name: 'Stores', costCentre: 'CC-700', staff: 45, lead: 'Store Manager', title: 'Store Assistant', pay: 36_000 },
];

const ABSENCE_KINDS = ['vacation', 'sick', 'parental', 'training'];

/** Departments, employees (everyone but the chief has a manager) and absences. */
export function generatePeople(seed: number, calendar: Calendar): People {
  const random = createRandom(seed, 'people');
  const employees: Employee[] = [];
  const mails = new Set<string>();

  const hire = (
    departmentId: number,
    managerId: number | null,
    jobTitle: string,
    pay: number,
    early: boolean,
  ) => {
    const { first, last } = personName(random);
    let email = `${toMailName(first)}.${toMailName(last)}`;
    for (let n = 2; mails.has(email); n++) email = `${toMailName(first)}.${toMailName(last)}${n}`;
    mails.add(email);
    // Managers were there before the data begins; staff came over the years and some have left again.
    const latest = early ? calendar.startMs - 400 * DAY_MS : calendar.nowMs - 20 * DAY_MS;
    const hiredMs = latest - Math.floor(random.next() ** 1.5 * 2_200) * DAY_MS;
    const leftMs = hiredMs + random.int(150, 1_500) * DAY_MS;
    const employee: Employee = {
      id: employees.length + 1,
      first,
      last,
      email: `${email}@tallowmere.example`,
      departmentId,
      managerId,
      jobTitle,
      hiredMs,
      leftMs: !early && leftMs < calendar.nowMs && random.chance(0.3) ? leftMs : null,
      salaryCents: Math.round((pay * (1 + random.normal(0, 0.09))) / 100) * 10_000,
      warehouseId: departmentId === DEPARTMENT.logistics ? random.pick(WAREHOUSES).id : null,
      storeId: departmentId === DEPARTMENT.stores ? random.pick(STORES).id : null,
    };
    employees.push(employee);
    return employee;
  };

  const chief = hire(DEPARTMENT.executive, null, 'Chief Executive', 240_000, true);
  for (const department of DEPARTMENTS.slice(1)) {
    const head = hire(department.id, chief.id, `Head of ${department.name}`, department.pay * 2.1, true);
    head.warehouseId = null;
    head.storeId = null;
    const leads = department.id === DEPARTMENT.stores ? STORES.length : Math.ceil(department.staff / 12);
    const leaders = Array.from({ length: leads }, (_, i) => {
      const leader = hire(department.id, head.id, department.lead, department.pay * 1.35, true);
      if (department.id === DEPARTMENT.stores) leader.storeId = STORES[i]!.id;
      return leader;
    });
    for (let i = 0; i < department.staff; i++) {
      const leader = leaders[i % leaders.length]!;
      const member = hire(department.id, leader.id, department.title, department.pay, false);
      if (department.id === DEPARTMENT.stores) member.storeId = leader.storeId;
      if (department.id === DEPARTMENT.logistics) member.warehouseId = leader.warehouseId;
    }
  }

  const absences = employees.flatMap((employee) => {
    const from = Math.max(employee.hiredMs, calendar.startMs);
    const until = employee.leftMs ?? calendar.nowMs;
    const years = Math.max(0, until - from) / (365 * DAY_MS);
    return Array.from({ length: random.poisson(years * 3.2) }, () => {
      const kind = random.weighted(ABSENCE_KINDS, [55, 35, 2, 8]);
      const days =
        kind === 'parental'
          ? random.int(40, 160)
          : kind === 'vacation'
            ? random.int(2, 14)
            : random.int(1, 5);
      const startMs = from + Math.floor(random.next() * (until - from));
      return { employee, kind, startMs, endMs: startMs + (days - 1) * DAY_MS };
    }).filter((absence) => absence.endMs < until);
  });

  return {
    employees,
    pickEmployee(source, departmentId, ms) {
      const present = employees.filter(
        (e) => e.departmentId === departmentId && e.hiredMs <= ms && (e.leftMs === null || e.leftMs > ms),
      );
      return source.pick(present.length > 1 ? present.slice(1) : present);
    },
    tables: [
      defineTable('hr.departments', DEPARTMENTS, {
        id: (d) => d.id,
        name: (d) => d.name,
        cost_centre: (d) => d.costCentre,
      }),
      defineTable('hr.employees', employees, {
        id: (e) => e.id,
        first_name: (e) => e.first,
        last_name: (e) => e.last,
        email: (e) => e.email,
        department_id: (e) => e.departmentId,
        manager_id: (e) => e.managerId,
        job_title: (e) => e.jobTitle,
        hired_on: (e) => toDate(e.hiredMs),
        left_on: (e) => (e.leftMs === null ? null : toDate(e.leftMs)),
        annual_salary_usd: (e) => toMoney(e.salaryCents),
        warehouse_id: (e) => e.warehouseId,
        store_id: (e) => e.storeId,
      }),
      defineTable(
        'hr.absences',
        absences.map((absence, i) => ({ ...absence, id: i + 1 })),
        {
          id: (a) => a.id,
          employee_id: (a) => a.employee.id,
          kind: (a) => a.kind,
          starts_on: (a) => toDate(a.startMs),
          ends_on: (a) => toDate(a.endMs),
        },
      ),
    ],
  };
}
