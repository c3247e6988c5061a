-- Up Migration
-- What is shown of a result besides its rows: chart, words, warnings. Written with the rows, before the answer is recorded.

create table result_presentations (
  question_id uuid primary key,
  tenant_id uuid not null,
  -- Vega-Lite with inline data, or null
  chart jsonb,
  explanation text,
  warnings jsonb not null default '[]',
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade
);

alter table result_presentations enable row level security;
alter table result_presentations force row level security;
create policy tenant_isolation on result_presentations using (tenant_id = current_tenant());
grant select, insert, update, delete on result_presentations to quaestor_app;
