create or replace function optimization.new_epoch() returns text language sql volatile as $$
  select left(replace(gen_random_uuid()::text, '-', ''), 16)
$$;

-- The history that this server writes: another one after each promotion of a standby.
create or replace function optimization.current_timeline() returns bigint language sql volatile as $$
  select ('x' || lpad(left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), 16, '0'))::bit(64)::bigint
$$;

-- Gives jobs that haven't ended another epoch: their ids may have been used for other events, or are to be. Nothing happens if somebody
-- else has done so since the caller looked.
create or replace function optimization.went_back(p_generation bigint) returns boolean
language plpgsql security definer set search_path = optimization, pg_temp as $$
begin
  update log set generation = generation + 1 where generation = p_generation;
  if not found then
    return false;
  end if;
  update jobs set epoch = new_epoch() where not ended;
  return true;
end $$;

-- Looks whether this server is the one that wrote the logs last. If not, it was promoted or restored, and what it didn't have then is lost:
-- only behind the fence nobody has seen that.
create or replace function optimization.recognize() returns bigint
language plpgsql security definer set search_path = optimization, pg_temp as $$
declare
  l log;
  t bigint := current_timeline();
  i bigint := (select system_identifier from pg_control_system());
begin
  select * into l from log;
  if l.timeline = t and l.system_identifier = i then
    return l.generation;
  end if;
  select * into l from log for update;
  if l.timeline is distinct from t or l.system_identifier is distinct from i then
    update log set timeline = t, system_identifier = i;
    if l.timeline is not null and (not l.fenced or l.system_identifier is distinct from i) then
      perform went_back(l.generation);
    end if;
  end if;
  return (select generation from log);
end $$;

-- Tells what all programs must agree on. The one that started last decides.
drop function if exists optimization.configure(boolean, integer);
create or replace function optimization.configure(p_fenced boolean, p_retain_events integer, p_max_jobs bigint, p_max_producers bigint)
returns void language sql security definer set search_path = optimization, pg_temp as $$
  update log set fenced = p_fenced, retain_events = p_retain_events, max_jobs = p_max_jobs, max_producers = p_max_producers
  where (fenced, retain_events, max_jobs, max_producers) is distinct from (p_fenced, p_retain_events, p_max_jobs, p_max_producers)
$$;

-- The number of jobs that are committed.
create or replace function optimization.count_jobs() returns bigint
language sql stable security definer set search_path = optimization, pg_temp as $$
  select job_count + coalesce((select sum(n) from job_changes), 0)::bigint from log
$$;

-- Adds up the changes of the number of jobs, so that they stay few. Any number of programs may call it at once.
create or replace function optimization.add_up_jobs() returns void
language plpgsql security definer set search_path = optimization, pg_temp as $$
declare
  total bigint;
begin
  with gone as (delete from job_changes returning n)
  select sum(n) into total from gone;
  if total is not null then
    update log set job_count = job_count + total;
  end if;
end $$;

-- Writes something, to find out whether the server can be written.
create or replace function optimization.probe() returns void
language sql security definer set search_path = optimization, pg_temp as $$
  update log set probed = clock_timestamp()
$$;

-- Appends what is due by the clock: a producer that was silent for longer than its lease is lost, and after p_end_lost_after more its job
-- ends. The caller has listened for p_listened: silence before that isn't the producer's. Any number of programs may call it at once.
create or replace function optimization.expire_leases(
  p_listened interval, p_end_lost_after interval, p_limit integer default 100, p_now timestamptz default null
) returns table (job_id text, last_id bigint) language plpgsql security definer set search_path = optimization, pg_temp as $$
#variable_conflict use_column
declare
  l log;
  j jobs;
  n timestamptz := coalesce(p_now, clock_timestamp());
  silence interval;
begin
  select * into l from log;
  for j in
    select * from jobs
    where lease is not null
      and n - greatest(heard, n - p_listened) > lease + (case when lost then p_end_lost_after else interval '0' end)
    order by heard limit p_limit
    for no key update skip locked
  loop
    silence := j.lease + (case when j.lost then p_end_lost_after else interval '0' end);
    j := put_events(
      j, array['job_failed'], array[j.iteration], array[''], array[n],
      array[json_build_object(
        'error', 'The producer was not heard of for '
          || rtrim(to_char(extract(epoch from silence), 'FM999999999990.999'), '.') || ' s.',
        'errorStack', '', 'willRetry', not j.lost)],
      l.retain_events, n);
    update jobs set
      earliest_id = j.earliest_id, last_id = j.last_id, ended = j.ended, state = j.state, stage = j.stage,
      largest = j.largest, lease = case when j.ended then null else j.lease end, heard = case when j.ended then null else j.heard end,
      lost = not j.ended, updated = n
    where number = j.number;
    job_id := j.job_id;
    last_id := j.last_id;
    return next;
  end loop;
end $$;

-- Deletes jobs that ended before a time, and events of deleted jobs, some of each: true if there is more to do.
create or replace function optimization.drop_jobs(p_before timestamptz, p_jobs integer default 100, p_events integer default 10000)
returns boolean language plpgsql security definer set search_path = optimization, pg_temp as $$
declare
  d bigint;
  gone integer;
begin
  with old as (
    select number from jobs
    where ended and updated < p_before and updated_minute <= ceil(extract(epoch from p_before) / 60)::integer
    order by updated_minute limit p_jobs for update skip locked
  ), deleted as (
    delete from jobs using old where jobs.number = old.number returning jobs.number
  )
  insert into dropped select number from deleted;
  get diagnostics gone = row_count;
  select job into d from dropped limit 1 for update skip locked;
  if not found then
    return gone > 0;
  end if;
  with old as (select id from events where job = d order by id limit p_events)
  delete from events using old where events.job = d and events.id = old.id;
  get diagnostics gone = row_count;
  if gone < p_events then
    delete from producers where job = d;
    delete from dropped where job = d;
  end if;
  return true;
end $$;
