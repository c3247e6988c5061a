-- Up Migration
-- Questions about datasets: what each is asked of, values of their columns, and answers found by content.

alter table questions alter column data_source_id drop not null;
alter table answer_flights alter column data_source_id drop not null;

-- The tables of a question without a data source: versions of datasets, and rows of other questions.
create table question_tables (
  tenant_id uuid not null,
  question_id uuid not null,
  position integer not null,
  -- as the SQL calls it
  name text not null,
  dataset_id uuid,
  version_id uuid,
  result_of uuid,
  primary key (question_id, position),
  unique (question_id, name),
  check ((dataset_id is null) <> (result_of is null)),
  check ((dataset_id is null) = (version_id is null)),
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade,
  foreign key (tenant_id, dataset_id) references datasets (tenant_id, id) on delete cascade,
  foreign key (tenant_id, result_of) references questions (tenant_id, id) on delete cascade
);
create index question_tables_dataset on question_tables (dataset_id) where dataset_id is not null;
create index question_tables_result on question_tables (result_of) where result_of is not null;

-- What came out of a dataset goes with it, as answers go with their data source.
create function delete_question_of_table() returns trigger language plpgsql as $$
begin
  delete from questions where id = old.question_id;
  return null;
end
$$;
create trigger question_tables_deleted after delete on question_tables
  for each row execute function delete_question_of_table();

-- Short lists of values, by column, read from the file when a question first needs them.
create table dataset_values (
  version_id uuid primary key,
  tenant_id uuid not null,
  values jsonb not null,
  foreign key (tenant_id, version_id) references dataset_versions (tenant_id, id) on delete cascade
);

-- The key of an answer by the content of what it was asked of, so that the SQL is found for another upload of the same file.
alter table answers add column content_key bytea;
create index answers_content on answers (tenant_id, content_key, answered_at desc) where content_key is not null;

do $$
declare t text;
begin
  foreach t in array array['question_tables', 'dataset_values'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
