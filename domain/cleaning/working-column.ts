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

/** White space of all kinds, as DuckDB's `trim` takes it. */
const SPACES =
  "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(133) || chr(160) || chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8199) || chr(8200) || chr(8201) || chr(8202) || chr(8232) || chr(8233) || chr(8239) || chr(8287) || chr(12288) || chr(65279)";

export const trimmed = (text: string): string => `trim(${text}, ${SPACES})`;

/** The cell holds nothing: NULL, or text of white space only. */
export const isMissing = ({ id, type }: Pick<WorkingColumn, 'id' | 'type'>): string =>
  isText(type) ? `(${id} IS NULL OR ${trimmed(id)} = '')` : `(${id} IS NULL)`;

/** The cell as text. */
export const asText = ({ id, type }: Pick<WorkingColumn, 'id' | 'type'>): string =>
  isText(type) ? id : `CAST(${id} AS VARCHAR)`;
