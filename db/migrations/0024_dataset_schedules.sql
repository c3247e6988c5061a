-- Up Migration
-- Questions about datasets are asked by schedule too; their tables are those of the question.

alter table question_schedules alter column data_source_id drop not null;
