/**
 * Functions that a SELECT for MySQL or MariaDB may call: built-in ones that only compute from their arguments (and the clock),
 * and that a business question can need. Not on the list, on purpose: what sleeps, locks or waits (`sleep`, `benchmark`,
 * `get_lock`, `master_pos_wait`), reads files (`load_file`), runs or changes something (`sys_exec`, `nextval`, `setval`,
 * `last_insert_id`, `updatexml`), tells about the server or the session (`version`, `user`, `database`, `connection_id`), and
 * what makes a small query eat memory (`repeat`, `space`).
 */
const LISTS = {
  aggregates: `any_value avg bit_and bit_or bit_xor count group_concat json_arrayagg json_objectagg max median min
    percentile_cont percentile_disc std stddev stddev_pop stddev_samp sum var_pop var_samp variance grouping`,
  window: `cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`,
  'control flow and comparison': `coalesce greatest if ifnull interval isnull least nullif nvl nvl2 strcmp`,
  mathematics: `abs acos asin atan atan2 ceil ceiling conv cos cot crc32 crc32c degrees exp floor format ln log log10 log2 mod
    pi pow power radians rand round sign sin sqrt tan truncate`,
  strings: `ascii bin bit_count bit_length char char_length character_length chr concat concat_ws elt export_set field
    find_in_set format from_base64 hex insert instr lcase left length lengthb locate lower lpad ltrim make_set mid
    natural_sort_key oct octet_length ord position quote regexp_instr regexp_like regexp_replace regexp_substr replace
    reverse right rpad rtrim sformat soundex strcmp substr substring substring_index to_base64 to_char trim ucase unhex upper
    weight_string`,
  'dates and times': `add_months adddate addtime convert_tz curdate current_date current_time current_timestamp curtime date
    date_add date_format date_sub datediff day dayname dayofmonth dayofweek dayofyear extract from_days from_unixtime
    get_format hour last_day localtime localtimestamp makedate maketime microsecond minute month monthname now period_add
    period_diff quarter sec_to_time second str_to_date subdate subtime sysdate time time_format time_to_sec timediff timestamp
    timestampadd timestampdiff to_days to_seconds unix_timestamp utc_date utc_time utc_timestamp week weekday weekofyear year
    yearweek`,
  casts: `bigint binary cast char convert date datetime decimal dec double enum float int integer nchar numeric real smallint
    time tinyint varbinary varchar year bit`,
  json: `json_array json_array_append json_array_insert json_array_intersect json_compact json_contains json_contains_path
    json_depth json_detailed json_equals json_exists json_extract json_insert json_keys json_length json_loose json_merge
    json_merge_patch json_merge_preserve json_normalize json_object json_overlaps json_pretty json_query json_quote json_remove
    json_replace json_search json_set json_table json_type json_unquote json_valid json_value`,
  'digests and identifiers': `inet6_aton inet6_ntoa inet_aton inet_ntoa is_ipv4 is_ipv6 is_uuid md5 sha sha1 sha2 uuid
    bin_to_uuid uuid_to_bin`,
  'text search and geometry': `match st_area st_asgeojson st_astext st_contains st_distance st_distance_sphere st_intersects
    st_isvalid st_length st_srid st_within st_x st_y point st_geomfromtext st_pointfromtext`,
} as const;

export const ALLOWED_MYSQL_FUNCTIONS: ReadonlySet<string> = new Set(
  Object.values(LISTS).flatMap((list) => list.split(/\s+/)),
);

/** Calls without brackets that tell who or where one is. */
export const FORBIDDEN_VALUE_WORDS: ReadonlySet<string> = new Set(['current_role', 'current_user']);
