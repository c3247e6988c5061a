import { readFileSync } from 'node:fs';
import { guardSql } from './activities/answers/guard-sql.js';
import { parse } from 'libpg-query';
import pg from 'pg';
const dir='/work/shared/data/questions/';
const admin = new pg.Client('postgres://postgres@127.0.0.1:54399/postgres'); await admin.connect();
const dbs: any = {};
for (const d of ['academic','broker','car_dealership','geography','restaurants']) {
  await admin.query(`drop database if exists ${d}`); await admin.query(`create database ${d}`);
  const c = new pg.Client('postgres://postgres@127.0.0.1:54399/'+d); await c.connect();
  try { await c.query(readFileSync(dir+d+'.sql','utf8')); } catch (e: any) { console.log(d, e.message); }
  await c.query("reset all");
  const { rows } = await c.query(`select n.nspname s, c.relname t, a.attname a, a.attnum p from pg_class c join pg_namespace n on n.oid=relnamespace join pg_attribute a on a.attrelid=c.oid where attnum>0 and not attisdropped and relkind in ('r','v','p') and nspname not in ('pg_catalog','information_schema') and nspname !~ '^pg_'`);
  const m = new Map<string, any>(); for (const r of rows) { const k=r.s+'.'+r.t; if (!m.has(k)) m.set(k,{canonicalTableName:k,schemaName:r.s,tableName:r.t,columns:[]}); m.get(k).columns.push({name:r.a,position:r.p,canonicalColumnName:k+'.'+r.a}); }
  dbs[d] = { tables: [...m.values()], c };
  console.log(d, m.size, [...new Set(rows.map(r=>r.s))]);
}
const qs = readFileSync(dir+'questions.jsonl','utf8').trim().split('\n').map(l=>JSON.parse(l));
let n=0, refused=0, pgfail=0, agree=0; const refusedQ=new Set();
for (const q of qs) for (const alt of (q.sql ?? "").split(';').map((s: string)=>s.trim()).filter(Boolean)) {
  let cols=''; let sql = alt; const m = /\{([^}]+)\}/.exec(alt); if (m) { cols=m[1]!; sql = alt.replace(/\{([^}]+)\}/g,'$1'); } sql = sql.replace(/\{\}/g, cols);
  n++;
  const sp = dbs[q.database].tables.some((t: any)=>t.schemaName!=='public') ? [...new Set(dbs[q.database].tables.map((t: any)=>t.schemaName))] as string[] : ['public'];
  const v = await guardSql({ sql, tables: dbs[q.database].tables });
  let err=''; try { await dbs[q.database].c.query('begin read only'); await dbs[q.database].c.query(v.accepted ? v.limitedSql : sql); } catch (e: any) { err=e.message; } finally { await dbs[q.database].c.query('rollback'); }
  if (!v.accepted) { refused++; refusedQ.add(q.id); console.log('REFUSED', q.database, q.id, v.error.message, JSON.stringify(v.error.details), '| PG:', err||'ok', '|', sql.slice(0,300)); }
  else if (err) { pgfail++; console.log('PG FAIL', err, sql.slice(0,150)); }
}
console.log({questions: qs.length, n, refused, refusedQ: refusedQ.size, pgfail});
for (const d of Object.values<any>(dbs)) await d.c.end(); await admin.end();
