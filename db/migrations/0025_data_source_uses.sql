-- Up Migration
-- When each data source was last asked or searched, to the minute. Ids only: a process that starts reads it for all tenants, to load
-- the schemas that will be asked for first. It loads each as its tenant.

create table data_source_uses (
  data_source_id uuid primary key,
  tenant_id uuid not null,
  used_at timestamptz not null,
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade
);
create index data_source_uses_newest on data_source_uses (used_at desc);

alter table data_source_uses enable row level security;
alter table data_source_uses force row level security;
create policy tenant_isolation on data_source_uses using (tenant_id = current_tenant());
create policy warm_up on data_source_uses for select using (current_setting('quaestor.warm_up', true) = 'on');
grant select, insert, update, delete on data_source_uses to quaestor_app;
