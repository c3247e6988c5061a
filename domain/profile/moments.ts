export interface PowerSums {
  count: number;
  /** Sums of z, z², z³ and z⁴, where z = (x − centre) / scale. */
  sums: [number, number, number, number];
  scale: number;
}

export interface Moments {
  variance: number | null;
  variancePopulation: number | null;
  /** Of the sample (G1), from three values on. */
  skewness: number | null;
  /** Excess of the sample (G2), from four values on. */
  kurtosis: number | null;
}

/**
 * Spread and shape from sums of powers. The centre should be near the mean, and the scale the largest distance from it: of the values
 * themselves the sums of cubes lose all digits where the mean is large against the spread, and overflow beyond 1e100.
 */
export function momentsOf({ count: n, sums, scale }: PowerSums): Moments {
  if (n === 0) return { variance: null, variancePopulation: null, skewness: null, kurtosis: null };
  const [m1, r2, r3, r4] = sums.map((sum) => sum / n) as [number, number, number, number];
  const m2 = Math.max(0, r2 - m1 * m1);
  const m3 = r3 - 3 * m1 * r2 + 2 * m1 ** 3;
  const m4 = r4 - 4 * m1 * r3 + 6 * m1 * m1 * r2 - 3 * m1 ** 4;
  const variancePopulation = m2 * scale * scale;
  return {
    variance: n > 1 ? m2 * (n / (n - 1)) * scale * scale : null,
    variancePopulation,
    skewness: n > 2 && m2 > 0 ? (Math.sqrt(n * (n - 1)) / (n - 2)) * (m3 / m2 ** 1.5) : null,
    kurtosis:
      n > 3 && m2 > 0 ? ((n - 1) * ((n + 1) * (m4 / (m2 * m2)) - 3 * (n - 1))) / ((n - 2) * (n - 3)) : null,
  };
}
