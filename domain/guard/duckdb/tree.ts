/** A node of what `json_serialize_sql` makes of a text. */
export type DuckDbNode = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is DuckDbNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** DuckDB writes what is absent as null, as an empty text, list or object, or as false. */
export const isSet = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isNode(value) && Object.keys(value).length === 0);

export const nodesOf = (value: unknown): DuckDbNode[] => (Array.isArray(value) ? value.filter(isNode) : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

/** An expression: its `class` says of what sort. */
export const isExpression = (node: DuckDbNode): boolean => typeof node['class'] === 'string';

/** Places are 64-bit numbers, and `JSON.parse` would round them. */
export const parseSerialized = (json: string): unknown =>
  JSON.parse(json.replaceAll(/"query_location":\d+/g, '"query_location":0'));
