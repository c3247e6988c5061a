#!/bin/sh
# Runs once, when the store's volume is empty. The owner (POSTGRES_USER) migrates; Quaestor's processes log in as "quaestor",
# which owns nothing and may only become quaestor_app, the role that row level security binds (docs/decisions/0005).
set -eu

psql -v ON_ERROR_STOP=1 -v password="$QUAESTOR_STORE_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
create role quaestor_app nologin nosuperuser nobypassrls;
create role quaestor login nosuperuser nobypassrls nocreatedb nocreaterole password :'password';
grant quaestor_app to quaestor;
SQL
