const BITS = new DataView(new ArrayBuffer(4));

/** The nearest 16-bit float (IEEE 754, ties to even) of a 32-bit one, as its bits; too large a number becomes infinity. */
export function toHalfBits(value: number): number {
  BITS.setFloat32(0, value);
  const bits = BITS.getUint32(0);
  const sign = (bits >>> 16) & 0x80_00;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7f_ff_ff;
  if (exponent === 143) return sign | 0x7c_00 | (fraction ? 0x2_00 : 0);
  if (exponent >= 31) return sign | 0x7c_00;
  if (exponent < -10) return sign;
  // Below 2^-14 a half has no leading one of its own.
  const [kept, cut] =
    exponent > 0 ? [(exponent << 23) | fraction, 13] : [0x80_00_00 | fraction, 14 - exponent];
  const half = kept >>> cut;
  const rest = kept & ((1 << cut) - 1);
  const middle = 1 << (cut - 1);
  // A carry goes into the exponent, as it should.
  return sign | (rest > middle || (rest === middle && (half & 1) === 1) ? half + 1 : half);
}

/**
 * Vectors as one parameter of type `halfvec[]` in Postgres's binary form (array_recv, halfvec_recv of pgvector): a sixth of the bytes of the
 * text form, and nothing to parse. `elementOid` is that of the type `halfvec`, which each database numbers by itself.
 */
export function toHalfVectorArray(vectors: readonly Float32Array[], elementOid: number): Buffer {
  const bytes = vectors.reduce((sum, vector) => sum + 8 + 2 * vector.length, 20);
  const buffer = Buffer.allocUnsafe(bytes);
  let at = 0;
  // One dimension, no nulls, the elements' type, how many, and that they count from 1.
  for (const head of [1, 0, elementOid, vectors.length, 1]) at = buffer.writeUInt32BE(head, at);
  for (const vector of vectors) {
    at = buffer.writeUInt32BE(4 + 2 * vector.length, at);
    at = buffer.writeUInt16BE(vector.length, at);
    at = buffer.writeUInt16BE(0, at);
    for (const value of vector) at = buffer.writeUInt16BE(toHalfBits(value), at);
  }
  return buffer;
}

/** One vector as `halfvec_send` of pgvector gives it, scaled to length 1; the zero vector stays. */
export function readUnitVector(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.readUInt16BE(0));
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = fromHalfBits(bytes.readUInt16BE(4 + 2 * i));
    vector[i] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares) || 1;
  for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! / length;
  return vector;
}

/** The number that the bits of a 16-bit float stand for. */
function fromHalfBits(bits: number): number {
  const sign = bits & 0x80_00 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3_ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
