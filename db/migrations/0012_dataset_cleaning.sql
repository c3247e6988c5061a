-- Up Migration
-- Cleaning: versions made from other versions by a recipe, and plans of recipes in the making.

-- {sourceVersionId, recipe, rowsBefore, effects}; null for a version that was read from the file.
alter table dataset_versions add column cleaning jsonb;

-- What a cleaning job shall do; the recipe may be larger than a workflow's input.
create table cleaning_runs (
  -- the version that it makes
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  dataset_id uuid not null,
  source_version_id uuid not null,
  recipe jsonb not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, dataset_id) references datasets (tenant_id, id) on delete cascade,
  foreign key (tenant_id, source_version_id) references dataset_versions (tenant_id, id) on delete cascade
);

create table cleaning_plans (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  dataset_id uuid not null,
  version_id uuid not null,
  job_id text not null,
  -- raised by each edit; a preview counts only for the revision that it was made for
  revision integer not null default 1,
  previewed_revision integer,
  -- the steps as they stand, in order
  steps jsonb not null default '[]',
  unhandled jsonb not null default '[]',
  -- what the model is told of the data, and what became of asking it
  evidence jsonb,
  model jsonb,
  -- the proposals as they were made, with their previews, for plans of the same content in the next hour
  cache_key text,
  proposals jsonb,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, dataset_id) references datasets (tenant_id, id) on delete cascade,
  foreign key (tenant_id, version_id) references dataset_versions (tenant_id, id) on delete cascade
);
create index cleaning_plans_dataset on cleaning_plans (dataset_id, created_at desc);
create index cleaning_plans_cache on cleaning_plans (tenant_id, cache_key, created_at desc) where proposals is not null;

-- A dataset is cleaned by one job at a time.
create unique index jobs_one_cleaning on jobs (subject_id) where kind = 'clean-dataset' and status in ('queued', 'running');

do $$
declare t text;
begin
  foreach t in array array['cleaning_runs', 'cleaning_plans'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
