import type { Calendar } from './calendar.js';
import { DAY_MS, toDate } from './calendar.js';
import type { SampleTable } from './sample-table.js';
import { defineTable } from './sample-table.js';

// biome-ignore format: a table reads best as one
export const WAREHOUSES = [
  { id: 1, code: 'CMH', name: 'Columbus Distribution Centre', city: 'Columbus', countryCode: 'US', squareMetres: 18_400, automated: true },
  { id: 2, code: 'RNO', name: 'Reno Fulfilment Centre', city: 'Reno', countryCode: 'US', squareMetres: 9_700, automated: false },
  { id: 3, code: 'YYZ', name: 'Toronto Depot', city: 'Toronto', countryCode: 'CA', squareMetres: 6_200, automated: false },
  { id: 4, code: 'BHX', name: 'Birmingham Distribution Centre', city: 'Birmingham', countryCode: 'GB', squareMetres: 12_900, automated: true },
  { id: 5, code: 'RTM', name: 'Rotterdam Hub', city: 'Rotterdam', countryCode: 'NL', squareMetres: 21_300, automated: true },
  { id: 6, code: 'GOT', name: 'Göteborg Depot', city: 'Göteborg', countryCode: 'SE', squareMetres: 5_400, automated: false },
  { id: 7, code: 'POZ', name: 'Poznań Fulfilment Centre', city: 'Poznań', countryCode: 'PL', squareMetres: 8_800, automated: false },
] as const;

// biome-ignore format: a table reads best as one
export const STORES = [
  { id: 1, name: 'Tallowmere Columbus', city: 'Columbus', countryCode: 'US', warehouseId: 1, openedDays: 4_100 },
  { id: 2, name: 'Tallowmere Chicago Loop', city: 'Chicago', countryCode: 'US', warehouseId: 1, openedDays: 3_350 },
  { id: 3, name: 'Tallowmere Portland', city: 'Portland', countryCode: 'US', warehouseId: 2, openedDays: 2_610 },
  { id: 4, name: 'Tallowmere Denver', city: 'Denver', countryCode: 'US', warehouseId: 2, openedDays: 640 },
  { id: 5, name: 'Tallowmere Leeds', city: 'Leeds', countryCode: 'GB', warehouseId: 4, openedDays: 3_020 },
  { id: 6, name: 'Tallowmere Bristol', city: 'Bristol', countryCode: 'GB', warehouseId: 4, openedDays: 2_240 },
  { id: 7, name: 'Tallowmere Hamburg', city: 'Hamburg', countryCode: 'DE', warehouseId: 5, openedDays: 1_900 },
  { id: 8, name: 'Tallowmere Utrecht', city: 'Utrecht', countryCode: 'NL', warehouseId: 5, openedDays: 1_480 },
  { id: 9, name: 'Tallowmere Göteborg', city: 'Göteborg', countryCode: 'SE', warehouseId: 6, openedDays: 380 },
] as const;

export function generateSites(calendar: Calendar): SampleTable[] {
  return [
    defineTable('logistics.warehouses', WAREHOUSES, {
      id: (w) => w.id,
      code: (w) => w.code,
      name: (w) => w.name,
      city: (w) => w.city,
      country_code: (w) => w.countryCode,
      floor_area_m2: (w) => w.squareMetres,
      is_automated: (w) => w.automated,
    }),
    defineTable('public.stores', STORES, {
      id: (s) => s.id,
      name: (s) => s.name,
      city: (s) => s.city,
      country_code: (s) => s.countryCode,
      warehouse_id: (s) => s.warehouseId,
      opened_on: (s) => toDate(calendar.nowMs - s.openedDays * DAY_MS),
    }),
  ];
}
