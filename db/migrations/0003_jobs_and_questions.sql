-- Up Migration
-- Jobs with their numbered events, questions with their answers, and the audit trail.

create table jobs (
  -- the workflow's id
  id text primary key,
  tenant_id uuid not null references tenants on delete cascade,
  kind text not null check (kind in ('index-source', 'answer-question')),
  subject_id uuid not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress jsonb,
  error jsonb,
  last_event_seq integer not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  unique (tenant_id, id)
);
create index jobs_tenant on jobs (tenant_id, created_at desc);
create index jobs_subject on jobs (subject_id, created_at desc);
-- A data source is indexed by one job at a time, however often it is asked for.
create unique index jobs_one_indexing on jobs (subject_id) where kind = 'index-source' and status in ('queued', 'running');

create table job_events (
  tenant_id uuid not null,
  job_id text not null,
  seq integer not null,
  kind text not null,
  data jsonb not null,
  -- A retried step does not tell its event twice.
  dedupe_key text,
  at timestamptz not null default clock_timestamp(),
  primary key (job_id, seq),
  unique (job_id, dedupe_key),
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);

create table questions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  user_id uuid not null,
  data_source_id uuid not null,
  job_id text not null,
  text text not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'answered', 'refused', 'failed', 'cancelled')),
  error jsonb,
  cached_from uuid,
  -- What the answer was found in: written by the step that chooses the context, read by the later ones.
  version_id uuid,
  context jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, data_source_id) references data_sources (tenant_id, id) on delete cascade,
  foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade
);
create index questions_tenant on questions (tenant_id, created_at desc);
create index questions_source on questions (data_source_id);

-- Replies that were paid for, kept the moment they arrive: a repeated step finds its reply here.
create table model_replies (
  tenant_id uuid not null,
  question_id uuid not null,
  attempt integer not null,
  model jsonb not null,
  reply jsonb not null,
  usage jsonb not null,
  duration_ms real not null,
  created_at timestamptz not null default now(),
  primary key (question_id, attempt),
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade
);

create table answers (
  question_id uuid primary key,
  tenant_id uuid not null,
  cache_key bytea not null,
  sql text not null,
  columns jsonb not null,
  row_count integer not null,
  truncated boolean not null,
  tables jsonb not null,
  model jsonb not null,
  interpretation text,
  timings jsonb not null,
  repairs integer not null,
  answered_at timestamptz not null default now(),
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade
);
create index answers_cache on answers (tenant_id, cache_key, answered_at desc);

-- A result in pages of LIMITS.rowsPerPage rows, each a JSON array of arrays.
create table result_pages (
  tenant_id uuid not null,
  question_id uuid not null,
  page integer not null,
  rows jsonb not null,
  primary key (question_id, page),
  foreign key (tenant_id, question_id) references questions (tenant_id, id) on delete cascade
);

create table idempotency_keys (
  tenant_id uuid not null references tenants on delete cascade,
  key text not null,
  request_hash bytea not null,
  resource_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);

create table audit_log (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  user_id uuid,
  action text not null,
  subject_id uuid,
  data jsonb not null default '{}',
  at timestamptz not null default now()
);
create index audit_log_tenant on audit_log (tenant_id, at desc);

do $$
declare t text;
begin
  foreach t in array array['jobs', 'job_events', 'questions', 'model_replies', 'answers', 'result_pages',
                           'idempotency_keys', 'audit_log'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to quaestor_app', t);
  end loop;
end
$$;
-- The audit trail is written and read, never changed.
revoke update, delete on audit_log from quaestor_app;
