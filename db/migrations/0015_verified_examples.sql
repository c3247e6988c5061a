-- Up Migration
-- Answers that a person verified: each is an example of the schema mapping, with what its SQL gave then. Runs do it again and compare.

alter table schema_mappings add unique (tenant_id, id);

create table verified_examples (
  mapping_id uuid primary key,
  tenant_id uuid not null,
  data_source_id uuid not null,
  -- Whose answer it was; it may be deleted before the example is.
  question_id uuid not null,
  verified_by uuid not null,
  verified_at timestamptz not null default now(),
  sql text not null,
  columns jsonb not null,
  row_count integer not null,
  -- Of the rows as they were kept, whatever their order.
  fingerprint text not null,
  foreign key (tenant_id, mapping_id) references schema_mappings (tenant_id, id) on delete cascade,
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade,
  foreign key (tenant_id, verified_by) references users (tenant_id, id) on delete cascade
);
create index verified_examples_source on verified_examples (data_source_id);

create table example_runs (
  id uuid primary key,
  tenant_id uuid not null,
  data_source_id uuid not null,
  job_id text not null,
  reason text not null check (reason in ('indexed', 'requested')),
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade,
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);
create index example_runs_source on example_runs (data_source_id, created_at desc);

create table example_results (
  tenant_id uuid not null,
  run_id uuid not null,
  mapping_id uuid not null,
  question text not null,
  outcome text not null check (outcome in ('same', 'rows_changed', 'columns_changed', 'failed')),
  expected_rows integer not null,
  row_count integer,
  added_columns text[] not null default '{}',
  removed_columns text[] not null default '{}',
  error jsonb,
  duration_ms real not null,
  primary key (run_id, mapping_id),
  foreign key (tenant_id, run_id) references example_runs (tenant_id, id) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['verified_examples', 'example_runs', 'example_results'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
