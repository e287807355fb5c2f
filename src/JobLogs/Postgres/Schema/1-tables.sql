-- The logs of jobs. The program makes all of this by itself if its role may create a schema; otherwise run it as the owner, once for each
-- version. It can be run again at any time: it changes only what is missing or older.
--
-- Rights: the program's role needs `usage` on the schema, `select` on its tables, and `execute` on all of its functions. A role that only
-- appends needs `usage` and `execute` on the function append. Nobody writes the tables directly: the functions keep the
-- order of ids, and run with the rights of the owner.

create schema if not exists optimization;

-- One row: the version of these tables, the server that wrote them last, and what all programs must agree on.
create table if not exists optimization.log (
  only_row boolean primary key default true check (only_row),
  version integer not null,
  -- Counts how often the logs may have gone back: after a failover that can lose events, or a restore.
  generation bigint not null default 1,
  system_identifier bigint,
  timeline bigint,
  -- True if events are shown only when standbys have them, so that a failover to one of those loses nothing that was seen.
  fenced boolean not null default false,
  -- The number of events kept of a job; null: all.
  retain_events integer,
  probed timestamptz
);

-- Since version 2. The most jobs, and the most producers of a job; null: any number.
alter table optimization.log add column if not exists max_jobs bigint;
alter table optimization.log add column if not exists max_producers bigint;
-- The number of jobs, but for the changes in job_changes.
alter table optimization.log add column if not exists job_count bigint not null default 0;

create table if not exists optimization.jobs (
  job_id text collate "C" primary key,
  -- Increases in the order in which jobs are created. Never used again, as a job's id may be.
  number bigint generated always as identity,
  -- The identity of this job's log. Another one means that ids may have been used again.
  epoch text not null,
  earliest_id bigint not null default 1,
  last_id bigint not null default 0,
  ended boolean not null default false,
  -- 1 queued, 2 running, 3 paused, 4 completed, 5 failed, 6 cancelled
  state smallint not null default 1,
  prompt_id text not null default '',
  dataset_id text not null default '',
  config json,
  -- True if config.direction is minimize: the least score is the best.
  minimize boolean not null default false,
  iteration integer not null default 0,
  stage text not null default '',
  score double precision,
  best_score double precision,
  result_prompt_id text not null default '',
  -- The bytes of the largest data of an event: pages are so short that they fit into memory.
  largest integer not null default 0,
  -- A document of the producer's, such as the state from which it goes on after a crash.
  record json not null default '{}',
  -- The longest silence of the producer; null: it may be silent.
  lease interval,
  heard timestamptz,
  lost boolean not null default false,
  created timestamptz not null,
  updated timestamptz not null,
  -- The minute of the last change, by which the list finds its place. An append within it changes no index, and so leaves none to clean up.
  updated_minute integer not null generated always as (floor(extract(epoch from updated at time zone 'UTC') / 60)::integer) stored
)
-- Room for the next version of a row in its own page: each append changes it.
with (fillfactor = 70);

create index if not exists jobs_by_time on optimization.jobs (updated_minute desc);
create index if not exists jobs_with_lease on optimization.jobs (number) where lease is not null;

-- Ids have no holes within a job, so the event before is id - 1. Data is the JSON that PROTOCOL.md documents, section 4.
create table if not exists optimization.events (
  job bigint not null,
  id bigint not null,
  event_type text not null,
  iteration integer not null,
  stage text not null,
  at timestamptz not null,
  data json not null,
  primary key (job, id)
);

-- The last append of each producer to each job, by which one that is sent again is known.
create table if not exists optimization.producers (
  job bigint not null,
  producer text collate "C" not null,
  epoch bigint not null,
  sequence bigint not null,
  primary key (job, producer)
);

-- Jobs that were deleted, and whose events are still to be.
create table if not exists optimization.dropped (job bigint primary key);

-- What changed the number of jobs since log.job_count was written last: a row for each change, so that those who create jobs don't wait for each
-- other at one row.
create table if not exists optimization.job_changes (n bigint not null);

create or replace function optimization.note_created() returns trigger
language plpgsql security definer set search_path = optimization, pg_temp as $$
begin
  insert into job_changes select count(*) from changed having count(*) > 0;
  return null;
end $$;

create or replace function optimization.note_deleted() returns trigger
language plpgsql security definer set search_path = optimization, pg_temp as $$
begin
  insert into job_changes select -count(*) from changed having count(*) > 0;
  return null;
end $$;

insert into optimization.log (version) values (1) on conflict do nothing;

-- From version 1. To make a trigger waits for all who write jobs, and keeps others from it until the count is written.
do $$
begin
  if (select version from optimization.log) < 2 then
    create trigger created after insert on optimization.jobs
      referencing new table as changed for each statement execute function optimization.note_created();
    create trigger deleted after delete on optimization.jobs
      referencing old table as changed for each statement execute function optimization.note_deleted();
    update optimization.log set version = 2, job_count = (select count(*) from optimization.jobs);
  end if;
end $$;
