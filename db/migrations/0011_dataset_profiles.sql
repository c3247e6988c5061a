-- Up Migration
-- Profiles of dataset versions. A profile belongs to the data, not to the upload: the same file uploaded again finds it.

-- Equal for versions whose cells and listed cells are equal; where it is not known, a version is like no other.
alter table dataset_versions add column content_hash text;
create index dataset_versions_content on dataset_versions (tenant_id, (coalesce(content_hash, id::text)));

create table dataset_profiles (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  content_hash text not null,
  -- whose files are read; the profile outlives it while another version has the same content
  version_id uuid not null,
  job_id text not null,
  total_columns integer not null,
  -- what is said of the file as a whole; null until every column is done
  summary jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);
create index dataset_profiles_content on dataset_profiles (tenant_id, content_hash, created_at desc);
-- The same data is profiled by one job at a time.
create unique index dataset_profiles_one_running on dataset_profiles (tenant_id, content_hash) where finished_at is null;

create table dataset_profile_columns (
  tenant_id uuid not null,
  profile_id uuid not null,
  -- place of the column in the file, from 0
  index integer not null,
  profile jsonb not null,
  findings jsonb not null,
  primary key (profile_id, index),
  foreign key (tenant_id, profile_id) references dataset_profiles (tenant_id, id) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['dataset_profiles', 'dataset_profile_columns'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
