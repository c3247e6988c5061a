import mysql from 'mysql2';
import type { Cell, ResultColumn } from '../../../contracts/question.js';

/** A column of a result as mysql2 knows it. */
export interface Field {
  name: string;
  columnType?: number | undefined;
  columnLength?: number | undefined;
  characterSet?: number | undefined;
  flags?: number | readonly string[] | undefined;
}

const BINARY_CHARSET = 63;
const UNSIGNED = 32;
const ENUM = 256;
const SET = 2048;
const { Types } = mysql;

const NAMES = new Map<number, string>([
  [Types.DECIMAL, 'decimal'],
  [Types.NEWDECIMAL, 'decimal'],
  [Types.TINY, 'tinyint'],
  [Types.SHORT, 'smallint'],
  [Types.INT24, 'mediumint'],
  [Types.LONG, 'int'],
  [Types.LONGLONG, 'bigint'],
  [Types.FLOAT, 'float'],
  [Types.DOUBLE, 'double'],
  [Types.NULL, 'null'],
  [Types.TIMESTAMP, 'timestamp'],
  [Types.DATE, 'date'],
  [Types.NEWDATE, 'date'],
  [Types.TIME, 'time'],
  [Types.DATETIME, 'datetime'],
  [Types.YEAR, 'year'],
  [Types.BIT, 'bit'],
  [Types.JSON, 'json'],
  [Types.ENUM, 'enum'],
  [Types.SET, 'set'],
  [Types.GEOMETRY, 'geometry'],
]);
const WHOLE = new Set<number>([Types.TINY, Types.SHORT, Types.INT24, Types.LONG, Types.YEAR]);
const FLOATS = new Set<number>([Types.FLOAT, Types.DOUBLE]);
const TEXTS = new Set<number>([
  Types.VARCHAR,
  Types.VAR_STRING,
  Types.STRING,
  Types.BLOB,
  Types.TINY_BLOB,
  Types.MEDIUM_BLOB,
  Types.LONG_BLOB,
]);

const flagsOf = ({ flags }: Field): number => (typeof flags === 'number' ? flags : 0);
const isBinary = (field: Field): boolean => field.characterSet === BINARY_CHARSET;

/** The type as MySQL writes it, without its length. */
export function columnOf(field: Field): ResultColumn {
  const type = field.columnType ?? Types.VAR_STRING;
  const flags = flagsOf(field);
  const name = NAMES.get(type);
  if (name !== undefined) {
    const isUnsigned = (flags & UNSIGNED) !== 0 && (WHOLE.has(type) || type === Types.LONGLONG);
    return { name: field.name, type: isUnsigned && type !== Types.YEAR ? `${name} unsigned` : name };
  }
  if ((flags & ENUM) !== 0) return { name: field.name, type: 'enum' };
  if ((flags & SET) !== 0) return { name: field.name, type: 'set' };
  if (type === Types.STRING) return { name: field.name, type: isBinary(field) ? 'binary' : 'char' };
  if (type === Types.VARCHAR || type === Types.VAR_STRING)
    return { name: field.name, type: isBinary(field) ? 'varbinary' : 'varchar' };
  return { name: field.name, type: isBinary(field) ? 'blob' : 'text' };
}

/**
 * A cell as JSON can hold it without loss: whole numbers up to 32 bits and floats as themselves, everything else (bigint,
 * decimal, dates, times, json) as the text that the server prints; bits as a number in decimal digits, other bytes as `0x…`.
 */
export function cellOf(field: Field, bytes: Buffer): Cell {
  const type = field.columnType ?? Types.VAR_STRING;
  if (WHOLE.has(type) || FLOATS.has(type)) return Number(bytes.toString('latin1'));
  if (type === Types.BIT) {
    const bits = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`);
    return (field.columnLength ?? 64) <= 32 ? Number(bits) : bits.toString();
  }
  const isBytes = type === Types.GEOMETRY || (TEXTS.has(type) && isBinary(field));
  // The session's results are in utf8mb4, whatever the column is kept in.
  return isBytes ? `0x${bytes.toString('hex')}` : bytes.toString('utf8');
}
