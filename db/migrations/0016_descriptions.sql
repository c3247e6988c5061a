-- Up Migration
-- Descriptions that a model proposes: what it is asked, in batches of one request each, and what it replied, which is kept before it is read.

create table description_batches (
  tenant_id uuid not null,
  job_id text not null,
  batch integer not null,
  -- Canonical names of the tables and columns to describe.
  targets text[] not null,
  -- {"system": …, "user": …}
  request jsonb not null,
  -- {"text": …, "finishReason": …, "usage": …}
  reply jsonb,
  model text,
  primary key (job_id, batch),
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);

-- A data source is described by one job at a time.
create unique index jobs_one_description on jobs (subject_id) where kind = 'describe-schema' and status in ('queued', 'running');

alter table description_batches enable row level security;
alter table description_batches force row level security;
create policy tenant_isolation on description_batches using (tenant_id = current_tenant());
grant select, insert, update, delete on description_batches to quaestor_app;
