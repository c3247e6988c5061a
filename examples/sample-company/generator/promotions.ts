import type { Calendar } from './calendar.js';
import { addMonths, DAY_MS } from './calendar.js';

export interface Promotion {
  id: number;
  code: string;
  name: string;
  discountPercent: number;
  startMs: number;
  endMs: number;
}

/** Campaigns that come back every year: month (0 = January), day, length in days. */
const CAMPAIGNS = [
  { code: 'NEWYEAR', name: 'New Year clearance', month: 0, day: 2, days: 14, discountPercent: 20 },
  { code: 'SPRING', name: 'Spring refresh', month: 2, day: 18, days: 14, discountPercent: 10 },
  { code: 'SUMMER', name: 'Summer outdoors', month: 5, day: 10, days: 21, discountPercent: 12 },
  { code: 'DESKS', name: 'Back to work', month: 7, day: 20, days: 18, discountPercent: 10 },
  { code: 'NOVEMBER', name: 'November week', month: 10, day: 21, days: 8, discountPercent: 25 },
  { code: 'GIFTS', name: 'Gift season', month: 11, day: 5, days: 12, discountPercent: 8 },
];

export function createPromotions(calendar: Calendar): Promotion[] {
  const promotions: Omit<Promotion, 'id'>[] = [];
  for (let ms = calendar.startMs; ms <= calendar.nowMs; ms = addMonths(ms, 1)) {
    const date = new Date(ms);
    for (const campaign of CAMPAIGNS.filter((c) => c.month === date.getUTCMonth())) {
      const startMs = ms + (campaign.day - 1) * DAY_MS;
      if (startMs > calendar.nowMs) continue;
      promotions.push({
        code: `${campaign.code}${date.getUTCFullYear() % 100}`,
        name: `${campaign.name} ${date.getUTCFullYear()}`,
        discountPercent: campaign.discountPercent,
        startMs,
        endMs: startMs + (campaign.days - 1) * DAY_MS,
      });
    }
  }
  return promotions.map((promotion, i) => ({ ...promotion, id: i + 1 }));
}

/** The campaign that runs at that moment, or null. The last day counts whole. */
export function activePromotion(promotions: readonly Promotion[], ms: number): Promotion | null {
  return promotions.find((p) => p.startMs <= ms && ms < p.endMs + DAY_MS) ?? null;
}
