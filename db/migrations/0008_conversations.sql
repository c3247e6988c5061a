-- Up Migration
-- Questions that follow others.

-- The first question of the conversation; null for that one itself.
alter table questions add column conversation_id uuid;
alter table questions add constraint questions_conversation
  foreign key (tenant_id, conversation_id) references questions (tenant_id, id) on delete cascade;
create index questions_conversation on questions (conversation_id, created_at) where conversation_id is not null;
