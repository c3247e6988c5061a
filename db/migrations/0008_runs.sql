-- Up Migration
-- Other runs of a question: with SQL that a person wrote, or because its schedule said so. Each is a question of its own.

alter table questions add column run_of uuid;
alter table questions add column run_kind text check (run_kind in ('edit', 'schedule'));
-- What a person wrote, for an edit.
alter table questions add column given_sql text;
alter table questions add constraint questions_run
  foreign key (tenant_id, run_of) references questions (tenant_id, id) on delete cascade;
create index questions_runs on questions (run_of, created_at) where run_of is not null;
