import { parseCanonicalName } from './canonical-names.js';

/**
 * Words that MySQL (8.0 to 9.4) or MariaDB (10.6 to 11.8) reserves, of either one: https://dev.mysql.com/doc/refman/8.4/en/keywords.html
 * and https://mariadb.com/kb/en/reserved-words/. Quoting one too many does no harm.
 */
const RESERVED = new Set(
  (
    'accessible account action add admin all alter always analyze and any as asc asensitive auto before between bigint binary blob ' +
    'body both by call cascade case cast change char character check collate column condition constraint continue convert create ' +
    'cross cube cume_dist current current_date current_role current_time current_timestamp current_user cursor database databases ' +
    'date day_hour day_microsecond day_minute day_second dec decimal declare default delayed delete delete_domain_id dense_rank ' +
    'desc describe deterministic distinct distinctrow div do_domain_ids double drop dual each else elseif elsif empty enclosed ' +
    'escaped except exists exit explain external false fetch first_value float float4 float8 for force foreign from fulltext ' +
    'function general generated get goto grant group grouping groups having high_priority history hour_microsecond hour_minute ' +
    'hour_second if ignore ignore_domain_ids ignore_server_ids in index infile inner inout insensitive insert int int1 int2 int3 ' +
    'int4 int8 integer intersect interval into io_after_gtids io_before_gtids is iterate join json_table key keys kill lag ' +
    'last_value lateral lead leading leave left library like limit linear lines load localtime localtimestamp lock long longblob ' +
    'longtext loop low_priority manual master_bind master_heartbeat_period master_ssl_verify_server_cert match maxvalue ' +
    'mediumblob mediumint mediumtext middleint minute_microsecond minute_second minus mod modifies natural no_write_to_binlog not ' +
    'nth_value ntile null numeric of offset on optimize optimizer_costs option optionally or order others out outer outfile over ' +
    'package page_checksum parallel parse_vcol_expr partition percent_rank period position precision primary procedure purge ' +
    'qualify raise rank range raw read read_write reads real recursive ref_system_id references regexp release rename repeat ' +
    'replace require resignal restrict return returning revoke right rlike rollup row row_number rowcount rownum rows rowtype ' +
    'schema schemas second_microsecond select sensitive separator set show signal slow smallint spatial specific sql ' +
    'sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting stats_auto_recalc ' +
    'stats_persistent stats_sample_pages stored straight_join system system_time table tablesample terminated then time ' +
    'timestamp tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned until update usage use user ' +
    'using utc_date utc_time utc_timestamp value values varbinary varchar varcharacter varying vector versioning virtual when ' +
    'where while window with without write xor year_month zerofill'
  ).split(' '),
);
/** Digits first, or digits with an e, could be read as a number. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A name as MySQL and MariaDB take it, whatever it holds and whatever `sql_mode` is. */
export const quoteMysqlIdentifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** The same, without quotes where none are needed. */
export const mysqlIdentifier = (name: string): string =>
  PLAIN.test(name) && !RESERVED.has(name.toLowerCase()) ? name : quoteMysqlIdentifier(name);

/** A canonical name, which is Postgres' own spelling, as MySQL's SQL needs it. */
export function spelledForMysql(canonicalName: string): string {
  const parts = parseCanonicalName(canonicalName);
  if (!parts) return canonicalName;
  const { schema, table, column } = parts;
  return [schema, table, ...(column === undefined ? [] : [column])].map(mysqlIdentifier).join('.');
}
