-- Up Migration
-- Indexing of large schemas: planned in pages that can be taken up again, vectors of one length in each version, and contents that a
-- model refuses set apart.

-- SHA-256 over names, types and comments of the columns: tables with the same hash have the same columns, which are read once.
alter table registry_tables add column columns_hash bytea;
alter table registry_tables add column column_count integer;

-- Length of the version's vectors (null while it has none), how far the plan of its batches has come, and what has no vector because
-- the model refused it.
alter table registry_versions add column dimensions integer;
alter table registry_versions add column plan jsonb;
alter table registry_versions add column refused_count integer not null default 0;
alter table registry_versions add column refused_names text[] not null default '{}';

-- While a model's vectors change their length, the active version keeps those it was made with.
alter table embeddings drop constraint embeddings_pkey;
alter table embeddings add primary key (data_source_id, model, dimensions, content_hash);

-- Contents that a model refused: they have no vector, and the others have.
create table refused_contents (
  tenant_id uuid not null,
  data_source_id uuid not null,
  model text not null,
  content_hash bytea not null,
  -- the endpoint's own words
  reason text not null,
  at timestamptz not null default now(),
  primary key (data_source_id, model, content_hash),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);

alter table refused_contents enable row level security;
alter table refused_contents force row level security;
create policy tenant_isolation on refused_contents using (tenant_id = current_tenant());
grant select, insert, update, delete on refused_contents to quaestor_app;
