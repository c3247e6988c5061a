-- Up Migration
-- Questions whose SQL is run again and again. The engine has the times as well; a row without its Schedule does nothing.

create table question_schedules (
  question_id uuid primary key,
  tenant_id uuid not null,
  data_source_id uuid not null,
  -- In whose name it runs.
  user_id uuid not null,
  sql text not null,
  -- Who wrote the SQL.
  model jsonb not null,
  schedule jsonb not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade,
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index question_schedules_source on question_schedules (data_source_id);

-- Who wrote the SQL of a run, where that is not the person who asks for it.
alter table questions add column given_model jsonb;

alter table question_schedules enable row level security;
alter table question_schedules force row level security;
create policy tenant_isolation on question_schedules using (tenant_id = current_tenant());
grant select, insert, update, delete on question_schedules to quaestor_app;
