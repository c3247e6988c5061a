-- Up Migration
-- What the sweeper may see: the jobs that have not ended, whoever's they are. It ends them as their tenant.

create policy sweeper on jobs for select
  using (current_setting('quaestor.sweeper', true) = 'on' and status in ('queued', 'running'));
create index jobs_unfinished on jobs (id) where status in ('queued', 'running');
