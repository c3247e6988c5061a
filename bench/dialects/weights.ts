/**
 * How often a pollution was met in a survey of 3,712 files of open data portals (Vitagliano et al., Pollock, VLDB 2023). The files
 * of one pollution share its weight; what the survey does not have counts one.
 */
const WEIGHTS: readonly (readonly [RegExp, number])[] = [
  [/file_no_payload/, 15],
  [/file_no_trailing_newline/, 184],
  [/file_double_trailing_newline/, 5],
  [/file_no_header/, 470],
  [/file_header_multirow/, 94],
  [/file_preamble/, 282],
  [/file_multitable/, 188],
  [/file_header_only/, 3],
  [/file_one_data_row/, 4],
  [/file_record_delimiter_0xD/, 7],
  [/file_record_delimiter_0xA/, 1691],
  [/file_field_delimiter_0x9/, 4],
  [/file_field_delimiter_0x3B/, 834],
  [/file_field_delimiter_0x20/, 4],
  [/file_field_delimiter_0x2C_0x20/, 101],
  [/file_quotation_char_0x27/, 11],
  [/file_escape_char_0x5C/, 1],
  [/file_escape_char_0x00/, 7],
  [/row_less_sep/, 247],
];

/** Weights by file name, in their order. */
export function weightsOf(names: readonly string[]): number[] {
  const kinds = names.map((name) => WEIGHTS.findIndex(([pattern]) => pattern.test(name)));
  const members = new Map<number, number>();
  for (const kind of kinds) members.set(kind, (members.get(kind) ?? 0) + 1);
  return kinds.map((kind) => (kind < 0 ? 1 : (WEIGHTS[kind]?.[1] ?? 1) / (members.get(kind) ?? 1)));
}
