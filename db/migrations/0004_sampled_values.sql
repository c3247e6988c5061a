-- Up Migration
-- Values that text columns of a data source hold, where they are few and short and not about people.

create table registry_values (
  tenant_id uuid not null,
  data_source_id uuid not null,
  version_id uuid not null,
  canonical_column_name text not null,
  sampled_values text[] not null,
  primary key (version_id, canonical_column_name),
  foreign key (tenant_id, version_id) references registry_versions (tenant_id, id) on delete cascade
);

alter table registry_values enable row level security;
alter table registry_values force row level security;
create policy tenant_isolation on registry_values using (tenant_id = current_tenant());
grant select, insert, update, delete on registry_values to quaestor_app;
