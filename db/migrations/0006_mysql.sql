-- Up Migration
-- MySQL and MariaDB as data sources, and what each data source allows its queries.

alter table data_sources drop constraint data_sources_kind_check;
alter table data_sources add constraint data_sources_kind_check check (kind in ('postgres', 'mysql'));
-- QuerySettings of contracts/data-source.ts
alter table data_sources add column query_settings jsonb not null default '{}';
