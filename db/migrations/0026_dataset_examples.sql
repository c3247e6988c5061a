-- Up Migration
-- Verified examples of datasets: which datasets the SQL of an example reads, and under which names. Runs are a data source's or a dataset's.

alter table schema_mappings
  alter column data_source_id drop not null,
  -- Of an example of datasets: their ids when it was said, in order, so that saying it again of the same changes the row.
  add column datasets_key text,
  add constraint schema_mappings_ground
    check ((data_source_id is null) <> (datasets_key is null) and (datasets_key is null or kind = 'example'));
create unique index schema_mappings_datasets_identity on schema_mappings
  (datasets_key, mapping_identity(kind, coalesce(canonical_column_name, canonical_table_name), content, name));

alter table verified_examples alter column data_source_id drop not null;

create table example_tables (
  tenant_id uuid not null,
  mapping_id uuid not null,
  position integer not null,
  -- as the SQL calls it
  name text not null,
  -- null when this dataset was deleted and others of the example were not
  dataset_id uuid,
  -- of the dataset when the example was verified
  title text not null,
  primary key (mapping_id, position),
  foreign key (tenant_id, mapping_id) references schema_mappings (tenant_id, id) on delete cascade,
  foreign key (tenant_id, dataset_id) references datasets (tenant_id, id) on delete set null (dataset_id)
);
create index example_tables_dataset on example_tables (dataset_id) where dataset_id is not null;

-- An example goes with the last of its datasets.
create function delete_example_of_datasets() returns trigger language plpgsql as $$
begin
  delete from schema_mappings where id = new.mapping_id
    and not exists (select from example_tables where mapping_id = new.mapping_id and dataset_id is not null);
  return null;
end
$$;
create trigger example_tables_left after update of dataset_id on example_tables
  for each row when (new.dataset_id is null) execute function delete_example_of_datasets();

-- Counts edits of the examples that read a dataset; part of the key of cached answers.
alter table datasets add column mapping_version integer not null default 0;

alter table example_runs
  alter column data_source_id drop not null,
  add column dataset_id uuid,
  add constraint example_runs_ground check ((data_source_id is null) <> (dataset_id is null)),
  add foreign key (tenant_id, dataset_id) references datasets (tenant_id, id) on delete cascade,
  drop constraint example_runs_reason_check,
  add constraint example_runs_reason_check check (reason in ('indexed', 'version_changed', 'requested'));
create index example_runs_dataset on example_runs (dataset_id, created_at desc) where dataset_id is not null;

alter table example_tables enable row level security;
alter table example_tables force row level security;
create policy tenant_isolation on example_tables using (tenant_id = current_tenant());
grant select, insert, update, delete on example_tables to quaestor_app;
