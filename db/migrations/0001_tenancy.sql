-- Up Migration
-- Tenants, users and API keys; the application role and the rule that separates tenants.

create extension if not exists vector;

do $$
begin
  if not exists (select from pg_roles where rolname = 'quaestor_app') then
    create role quaestor_app nologin nosuperuser nobypassrls;
  end if;
end
$$;
-- The connecting user becomes quaestor_app by SET ROLE on each connection (db/database.ts).
grant quaestor_app to current_user;
grant usage on schema public to quaestor_app;

-- The tenant of this transaction, set by db/database.ts; null (no rows) when nothing is set.
create function current_tenant() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('quaestor.tenant_id', true), '')::uuid;

create table tenants (
  id uuid primary key,
  name text not null,
  tier text not null default 'FREE' check (tier in ('FREE', 'PRO', 'ENTERPRISE')),
  created_at timestamptz not null default now()
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant_isolation on tenants using (id = current_tenant());

create table users (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null,
  created_at timestamptz not null default now(),
  -- What keys point at: foreign keys are not bound by row level security, so each one holds the tenant too.
  unique (tenant_id, id)
);

create table api_keys (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  user_id uuid not null,
  name text not null,
  -- First characters of the key, so that people can tell keys apart; the key itself is shown once and kept only as SHA-256.
  prefix text not null,
  key_hash bytea not null unique,
  scopes text[] not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index api_keys_tenant on api_keys (tenant_id);

do $$
declare t text;
begin
  foreach t in array array['users', 'api_keys'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_isolation on %I using (tenant_id = current_tenant())', t);
  end loop;
end
$$;
-- Who presents a key may see that key's row, and no other: this is how a caller's tenant is found.
create policy presented_key on api_keys for select
  using (key_hash = decode(nullif(current_setting('quaestor.presented_key_hash', true), ''), 'hex'));

grant select, insert, update, delete on tenants, users, api_keys to quaestor_app;
