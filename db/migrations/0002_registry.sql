-- Up Migration
-- Data sources and their schema registry, in versions: one is active, a new one is built beside it.

create table data_sources (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null,
  kind text not null check (kind in ('postgres')),
  -- user@host:port/database, for people
  address text not null,
  -- AES-256-GCM, bound to tenant and id (platform/encryption.ts)
  connection_secret bytea not null,
  include_schemas text[] not null default '{}',
  status text not null default 'new' check (status in ('new', 'indexing', 'ready', 'failed')),
  active_version_id uuid,
  schedule jsonb,
  created_at timestamptz not null default now(),
  unique (tenant_id, name),
  unique (tenant_id, id)
);

create table registry_versions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  data_source_id uuid not null,
  job_id text not null,
  status text not null default 'building' check (status in ('building', 'active', 'retired')),
  embedding_model text,
  table_count integer,
  column_count integer,
  skipped text[] not null default '{}',
  created_at timestamptz not null default now(),
  activated_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);
create index registry_versions_source on registry_versions (data_source_id, created_at desc);
create unique index registry_versions_job on registry_versions (job_id);
alter table data_sources add constraint data_sources_active_version
  foreign key (tenant_id, active_version_id) references registry_versions (tenant_id, id)
  on delete set null (active_version_id);

create table registry_tables (
  tenant_id uuid not null,
  data_source_id uuid not null,
  version_id uuid not null,
  canonical_table_name text not null,
  schema_name text not null,
  table_name text not null,
  kind text not null,
  comment text,
  estimated_rows bigint,
  primary key (version_id, canonical_table_name),
  foreign key (tenant_id, version_id) references registry_versions (tenant_id, id) on delete cascade
);
create index registry_tables_name on registry_tables (data_source_id, canonical_table_name);

create table registry_columns (
  tenant_id uuid not null,
  data_source_id uuid not null,
  version_id uuid not null,
  canonical_table_name text not null,
  canonical_column_name text not null,
  column_name text not null,
  position integer not null,
  data_type text not null,
  is_nullable boolean not null,
  is_primary_key boolean not null,
  comment text,
  primary key (version_id, canonical_table_name, position),
  foreign key (tenant_id, version_id) references registry_versions (tenant_id, id) on delete cascade
);
create index registry_columns_name on registry_columns (data_source_id, canonical_column_name);

create table registry_foreign_keys (
  tenant_id uuid not null,
  data_source_id uuid not null,
  version_id uuid not null,
  constraint_name text not null,
  from_table text not null,
  from_columns text[] not null,
  to_table text not null,
  to_columns text[] not null,
  primary key (version_id, from_table, constraint_name),
  foreign key (tenant_id, version_id) references registry_versions (tenant_id, id) on delete cascade
);

-- What is embedded: one item a table and one a column. `batch` is set when the work is planned, null where the vector is there already.
create table registry_items (
  tenant_id uuid not null,
  data_source_id uuid not null,
  version_id uuid not null,
  canonical_table_name text not null,
  -- null for the table's own item
  canonical_column_name text,
  content text not null,
  content_hash bytea not null,
  batch integer,
  foreign key (tenant_id, version_id) references registry_versions (tenant_id, id) on delete cascade
);
create index registry_items_version on registry_items (version_id, canonical_table_name);
create index registry_items_batch on registry_items (version_id, batch) where batch is not null;
create index registry_items_hash on registry_items (version_id, content_hash);

-- Vectors by content: an unchanged item is never embedded twice for one model. Exact scan inside one data source (docs/decisions/0004).
create table embeddings (
  tenant_id uuid not null,
  data_source_id uuid not null,
  model text not null,
  content_hash bytea not null,
  dimensions integer not null,
  vector halfvec not null,
  created_at timestamptz not null default now(),
  primary key (data_source_id, model, content_hash),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);

-- Business words, synonyms, descriptions and metrics by people; keyed by name, so they survive re-indexing.
create table schema_mappings (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  data_source_id uuid not null,
  canonical_table_name text not null,
  canonical_column_name text,
  kind text not null check (kind in ('synonym', 'description', 'metric')),
  content text not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);
create index schema_mappings_table on schema_mappings (data_source_id, canonical_table_name);
create index schema_mappings_column on schema_mappings (data_source_id, canonical_column_name);

do $$
declare t text;
begin
  foreach t in array array['data_sources', 'registry_versions', 'registry_tables', 'registry_columns',
                           'registry_foreign_keys', 'registry_items', 'embeddings', 'schema_mappings'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
