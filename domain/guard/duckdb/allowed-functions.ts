/**
 * Functions that a query on datasets may call, as DuckDB 1.5 names them in its tree; an operator is a function there. They compute
 * from their arguments alone. What is missing is missing on purpose: whatever reads files or settings, tells of the process, waits,
 * logs, runs text as SQL (`query`, `json_execute_serialized_sql`), or makes much out of little in one step (`repeat`, `printf`,
 * `list_resize`, `bar`).
 */
const words = (text: string): string[] => text.trim().split(/\s+/);

const OPERATORS = words(`
  !~~ !~~* % & && * ** + - ->> / // << <=> <@ >> @ @> ^ ^@ !__postfix <-> | || ~ ~~ ~~* ~~~
`);

const TEXT = words(`
  array_extract ascii bit_length char_length character_length chr concat concat_ws contains damerau_levenshtein editdist3
  ends_with format_bytes formatreadabledecimalsize formatreadablesize hamming ilike_escape instr jaccard jaro_similarity
  jaro_winkler_similarity lcase left left_grapheme len length length_grapheme levenshtein like_escape lower ltrim md5
  mismatches nfc_normalize not_ilike_escape not_like_escape octet_length ord position prefix regexp_escape regexp_extract
  regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array replace reverse right
  right_grapheme rtrim sha1 sha256 split split_part starts_with str_split str_split_regex string_split string_split_regex
  string_to_array strip_accents strlen strpos substr substring substring_grapheme suffix translate trim ucase unicode upper
`);

const NUMBERS = words(`
  abs acos acosh add asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees divide even exp factorial
  fdiv floor fmod gamma gcd greatest greatest_common_divisor hash isfinite isinf isnan lcm least least_common_multiple
  lgamma ln log log10 log2 mod multiply nextafter pi pow power radians random round round_even roundbankers sign signbit sin
  sinh sqrt subtract tan tanh trunc xor
`);

const TIMES = words(`
  age ago century current_date current_localtime current_localtimestamp current_timestamp date_add date_diff date_part
  date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade
  epoch epoch_ms epoch_ns epoch_us era get_current_time get_current_timestamp hour isodow isoyear julian last_day make_date
  make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond millennium millisecond minute
  month monthname nanosecond normalized_interval now quarter second strftime strptime time_bucket timezone timezone_hour
  timezone_minute to_centuries to_days to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months
  to_quarters to_seconds to_timestamp to_weeks to_years today transaction_timestamp try_strptime week weekday weekofyear
  year yearweek
`);

const LISTS_AND_STRUCTURES = words(`
  aggregate apply array_append array_cat array_concat array_contains array_distinct array_filter array_has array_has_all
  array_has_any array_indexof array_intersect array_length array_position array_prepend array_reverse array_reverse_sort
  array_select array_slice array_sort array_to_string array_transform array_unique array_value array_where array_zip
  cardinality element_at equi_width_bins filter flatten from_json from_json_strict json_array json_array_length json_contains
  json_exists json_extract json_extract_path json_extract_path_text json_extract_string json_keys json_object json_quote
  json_structure json_transform json_transform_strict json_type json_valid json_value list_aggr list_aggregate
  list_any_value list_append list_apply list_approx_count_distinct list_avg list_bool_and list_bool_or list_cat list_concat
  list_contains list_count list_distinct list_element list_extract list_filter list_first list_has list_has_all list_has_any
  list_histogram list_indexof list_intersect list_kurtosis list_last list_mad list_max list_median list_min list_mode
  list_pack list_position list_prepend list_product list_reduce list_reverse list_reverse_sort list_select list_skewness
  list_slice list_sort list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform list_unique list_value
  list_var_pop list_var_samp list_where list_zip map map_contains map_entries map_extract map_extract_value map_from_entries
  map_keys map_values row struct_extract struct_extract_at struct_pack to_json unnest
`);

const OTHER = words(`constant_or_null ifnull nullif typeof`);

const AGGREGATES = words(`
  any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last arg_min
  arg_min_null arg_min_nulls_last argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if
  count_star countif covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat histogram
  histogram_exact json_group_array json_group_object kahan_sum kurtosis kurtosis_pop last list listagg mad max max_by mean
  median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2
  regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile sem skewness stddev stddev_pop stddev_samp string_agg sum
  sum_no_overflow sumkahan var_pop var_samp variance wavg weighted_avg
`);

const WINDOWS = words(`
  cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
`);

export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set([
  ...OPERATORS,
  ...TEXT,
  ...NUMBERS,
  ...TIMES,
  ...LISTS_AND_STRUCTURES,
  ...OTHER,
  ...AGGREGATES,
  ...WINDOWS,
]);

/** Functions whose result is as long as an argument says: these take constants only, up to a bound (bounded-calls.ts). */
export const BOUNDED_FUNCTIONS: ReadonlySet<string> = new Set(['generate_series', 'lpad', 'range', 'rpad']);

/** Functions that may stand in FROM. */
export const ALLOWED_TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['generate_series', 'range', 'unnest']);

/** Names that are values of their own where no column has them. */
export const VALUE_NAMES: ReadonlySet<string> = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
]);
