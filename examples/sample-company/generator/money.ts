/** Money is whole cents throughout the generator, so that sums are exact; it becomes text only in rows. */
export function toMoney(cents: number): string {
  const absolute = Math.abs(cents);
  return `${cents < 0 ? '-' : ''}${Math.floor(absolute / 100)}.${String(absolute % 100).padStart(2, '0')}`;
}

/** A price as shops write them: 12.90, 49.95, 249.00. */
export function toShelfPrice(cents: number): number {
  if (cents < 2_000) return Math.max(90, Math.round(cents / 50) * 50 - 10);
  if (cents < 10_000) return Math.round(cents / 100) * 100 - 5;
  return Math.round(cents / 500) * 500 - 100;
}
