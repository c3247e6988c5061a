-- Up Migration
-- What the model replied when it was asked for cleaning steps, kept before it is read: {"name": …, "text": …}. It is paid for once.

alter table cleaning_plans add column model_reply jsonb;
