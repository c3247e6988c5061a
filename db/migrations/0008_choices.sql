-- Up Migration
-- Questions that wait for their reader.

alter table questions drop constraint questions_status_check;
alter table questions add constraint questions_status_check
  check (status in ('queued', 'running', 'waiting', 'answered', 'refused', 'failed', 'cancelled'));
-- Questions back to the reader, oldest first: [{round, readings, requestedAt, chosen}].
alter table questions add column choices jsonb;
