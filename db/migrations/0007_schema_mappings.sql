-- Up Migration
-- Schema mappings: all kinds, who said it, whether it counts, and one row for each thing said.

alter table schema_mappings
  alter column canonical_table_name drop not null,
  drop constraint schema_mappings_kind_check,
  add constraint schema_mappings_kind_check
    check (kind in ('synonym', 'description', 'metric', 'example', 'instruction', 'pin', 'exclude', 'area')),
  -- Name of a metric or an area, question of an example.
  add column name text,
  -- Tables of a metric or an example, members of an area.
  add column members text[] not null default '{}',
  -- What a metric or an area is, in words.
  add column note text,
  add column status text not null default 'accepted' check (status in ('accepted', 'generated', 'rejected')),
  add column origin text not null default 'person' check (origin in ('person', 'dbt', 'answer', 'model')),
  add column updated_at timestamptz not null default now();

-- What may be said once only: saying it again changes the row.
create function mapping_identity(kind text, target text, content text, name text) returns text
  language sql immutable parallel safe
  return md5(kind || E'\n' || coalesce(target, '') || E'\n' ||
             case when kind in ('synonym', 'instruction') then content else coalesce(name, '') end);
create unique index schema_mappings_identity on schema_mappings
  (data_source_id, mapping_identity(kind, coalesce(canonical_column_name, canonical_table_name), content, name));

-- Counts edits of the mappings that count; part of the key of cached answers.
alter table data_sources add column mapping_version integer not null default 0;

-- Joins that no foreign key declares, found while indexing: how sure, and why.
create table registry_inferred_joins (
  tenant_id uuid not null,
  data_source_id uuid not null,
  version_id uuid not null,
  from_table text not null,
  from_columns text[] not null,
  to_table text not null,
  to_columns text[] not null,
  confidence real not null,
  evidence text[] not null,
  primary key (version_id, from_table, from_columns, to_table, to_columns),
  foreign key (tenant_id, version_id) references registry_versions (tenant_id, id) on delete cascade
);

-- What people decided about joins; by name, so it survives re-indexing. An accepted one needs no inferred one beside it.
create table join_decisions (
  tenant_id uuid not null,
  data_source_id uuid not null,
  from_table text not null,
  from_columns text[] not null,
  to_table text not null,
  to_columns text[] not null,
  decision text not null check (decision in ('accepted', 'rejected')),
  origin text not null default 'person' check (origin in ('person', 'dbt')),
  decided_at timestamptz not null default now(),
  primary key (data_source_id, from_table, from_columns, to_table, to_columns),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['registry_inferred_joins', 'join_decisions'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;

-- The items of tables alone, with all that a vector search reads of them: of 200,000 items some 3,000 are looked at.
create index registry_items_tables on registry_items (version_id) include (content_hash, canonical_table_name)
  where canonical_column_name is null;
