-- Up Migration
-- Uploaded files and the versions that were read from them. The cells are in Parquet files; here is what is known about them.

create table datasets (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  user_id uuid not null,
  name text not null,
  file_name text not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  status text not null default 'uploaded' check (status in ('uploaded', 'reading', 'ready', 'failed')),
  error jsonb,
  active_version_id uuid,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index datasets_tenant on datasets (tenant_id, created_at desc);

create table dataset_versions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  dataset_id uuid not null,
  job_id text not null,
  number integer not null,
  row_count bigint not null,
  columns jsonb not null,
  reading jsonb not null,
  rejected_cells bigint not null,
  parquet_bytes bigint not null,
  -- the first rows and the first listed cells, for showing them without opening the files
  preview jsonb not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (dataset_id, number),
  foreign key (tenant_id, dataset_id) references datasets (tenant_id, id) on delete cascade
);
alter table datasets add constraint datasets_active_version
  foreign key (tenant_id, active_version_id) references dataset_versions (tenant_id, id)
  on delete set null (active_version_id);

-- The kinds are those of contracts/job.ts; a list here had to change with every new one.
alter table jobs drop constraint jobs_kind_check;
alter table jobs add constraint jobs_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$');
-- A dataset is read by one job at a time.
create unique index jobs_one_ingestion on jobs (subject_id) where kind = 'ingest-dataset' and status in ('queued', 'running');

do $$
declare t text;
begin
  foreach t in array array['datasets', 'dataset_versions'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
