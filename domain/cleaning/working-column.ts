import { isBlank } from './white-space.js';

/** A column between the steps. SQL knows it by its id, so no name of anybody's ever stands in an expression. */
export interface WorkingColumn {
  /** `c0`, `c1`, …: unique in the program; a changed column has a new one. */
  id: string;
  name: string;
  /** DuckDB's name of the type. */
  type: string;
}

const INTEGER = /^U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;

export const isText = (type: string): boolean => type === 'VARCHAR';
export const isInteger = (type: string): boolean => INTEGER.test(type);
export const isNumeric = (type: string): boolean =>
  isInteger(type) || type === 'DOUBLE' || type === 'FLOAT' || type.startsWith('DECIMAL');
export const isTemporal = (type: string): boolean => type === 'DATE' || type.startsWith('TIMESTAMP');

/** The cell holds nothing: NULL, or text of white space only. */
export const isMissing = ({ id, type }: Pick<WorkingColumn, 'id' | 'type'>): string =>
  isText(type) ? `(${id} IS NULL OR ${isBlank(id)})` : `(${id} IS NULL)`;

/** The cell as text. */
export const asText = ({ id, type }: Pick<WorkingColumn, 'id' | 'type'>): string =>
  isText(type) ? id : `CAST(${id} AS VARCHAR)`;
