-- Up Migration
-- The same question asked by many at once is answered once: the first one leads, the others follow it.

-- The question whose answer, job and end this one shares.
alter table questions add column follows uuid;

-- Who leads for a key of the answer cache. A leader that has ended is replaced by the next who asks.
create table answer_flights (
  tenant_id uuid not null,
  cache_key bytea not null,
  data_source_id uuid not null,
  question_id uuid not null,
  primary key (tenant_id, cache_key),
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);

alter table answer_flights enable row level security;
alter table answer_flights force row level security;
create policy tenant_isolation on answer_flights using (tenant_id = current_tenant());
grant select, insert, update, delete on answer_flights to quaestor_app;
