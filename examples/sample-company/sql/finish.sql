-- Identity counters go on after the loaded rows; ANALYZE makes row estimates right from the start.
DO $$
DECLARE
  col record;
BEGIN
  FOR col IN
    SELECT format('%I.%I', table_schema, table_name) AS tab, column_name AS name
    FROM information_schema.columns
    WHERE is_identity = 'YES' AND table_schema IN ('public', 'logistics', 'hr')
  LOOP
    EXECUTE format(
      'SELECT setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 1)) FROM %s',
      col.tab, col.name, col.name, col.tab
    );
  END LOOP;
END $$;

ANALYZE;
