-- Up Migration
-- The subject area that a question keeps to; null for all of its data source.
alter table questions add column area text;
