-- Up Migration
-- Results as files. A file is small (results are limited), so it is kept here: every process of the API can give it out, it is
-- written in one transaction, and it goes with its question.

-- The kinds are those of contracts/job.ts.
alter table jobs drop constraint if exists jobs_kind_check;

create table exports (
  id uuid primary key,
  tenant_id uuid not null,
  question_id uuid not null,
  job_id text not null,
  format text not null check (format in ('csv', 'xlsx', 'parquet')),
  options jsonb not null,
  size_bytes bigint,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade,
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);
create index exports_question on exports (question_id, created_at desc);

-- The file in parts of 1 MB.
create table export_parts (
  tenant_id uuid not null,
  export_id uuid not null,
  part integer not null,
  bytes bytea not null,
  primary key (export_id, part),
  foreign key (tenant_id, export_id) references exports (tenant_id, id) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['exports', 'export_parts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
