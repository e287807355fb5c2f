-- Writes events, in their order, and what they tell of the job. The caller holds the job's row, and writes it.
create or replace function optimization.put_events(
  inout j optimization.jobs, p_types text[], p_iterations integer[], p_stages text[], p_times timestamptz[], p_data json[],
  p_retain integer, p_now timestamptz
) language plpgsql security definer set search_path = optimization, pg_temp as $$
declare
  e record;
  d json;
  s double precision;
begin
  with written as (
    insert into events (job, id, event_type, iteration, stage, at, data)
    select j.number, j.last_id + n, t, i, g, coalesce(a, p_now), v
    from unnest(p_types, p_iterations, p_stages, p_times, p_data) with ordinality as new (t, i, g, a, v, n)
    returning octet_length(data::text) as size
  )
  select greatest(j.largest, max(size)) into j.largest from written;

  for e in
    select * from unnest(p_types, p_iterations, p_stages, p_data) as new (type, iteration, stage, data)
  loop
    d := e.data;
    if strpos(d::text, '\u0000') > 0 then
      -- The operators of json can't read it. The event keeps it; the job's description has a replacement character.
      d := regexp_replace(d::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::json;
    end if;
    j.stage := e.stage;
    case e.type
      when 'iteration_completed' then
        j.iteration := e.iteration;
        j.state := case j.state when 1 then 2 else j.state end;
        s := (d ->> 'score')::double precision;
        j.score := s;
        if s is not null and (j.best_score is null or (case when j.minimize then s < j.best_score else s > j.best_score end)) then
          j.best_score := s;
        end if;
      when 'job_started' then
        j.state := 2;
        j.prompt_id := coalesce(d ->> 'promptId', '');
        j.dataset_id := coalesce(d ->> 'datasetId', '');
        j.config := d -> 'config';
        -- Only a text is a direction: ->> would make one of anything.
        j.minimize := coalesce((d -> 'config' -> 'direction')::text = '"minimize"', false);
      when 'job_resumed' then j.state := 2;
      when 'job_paused' then j.state := 3;
      when 'job_completed' then
        j.state := 4;
        j.ended := true;
        j.result_prompt_id := coalesce(d ->> 'resultPromptId', '');
      when 'job_failed' then
        j.ended := not coalesce((d ->> 'willRetry')::boolean, false);
        j.state := case when j.ended then 5 else 2 end;
      when 'job_cancelled' then
        j.state := 6;
        j.ended := true;
      else null;
    end case;
  end loop;

  j.last_id := j.last_id + cardinality(p_types);
  if j.last_id - p_retain + 1 > j.earliest_id then
    j.earliest_id := j.last_id - p_retain + 1;
    delete from events where job = j.number and id < j.earliest_id;
  end if;
end $$;

-- Appends events to a job's log, all or none, and makes the job if there is none. The job's row is locked to the end of the transaction:
-- that is the one order in which a job's events get their ids and become visible. Nothing is checked here but what only the log knows;
-- append, and the library, check the rest. A refusal is a result (r_refusal), so that it doesn't end the caller's transaction; of a limit,
-- r_sequence is its value.
create or replace function optimization.append_events(
  p_job_id text, p_types text[], p_iterations integer[], p_stages text[], p_times timestamptz[], p_data json[],
  p_expected bigint default null,
  p_producer text default null, p_producer_epoch bigint default null, p_sequence bigint default null,
  p_lease interval default null, p_record json default null, p_now timestamptz default null,
  out r_refusal text, out r_epoch text, out r_earliest bigint, out r_last bigint, out r_ended boolean,
  out r_is_new boolean, out r_is_repeat boolean, out r_producer_epoch bigint, out r_sequence bigint
) language plpgsql security definer set search_path = optimization, pg_temp as $$
declare
  l log;
  j jobs;
  m producers;
  n timestamptz := coalesce(p_now, clock_timestamp());
  changes boolean;
begin
  select * into l from log;
  if l.timeline is distinct from current_timeline() then
    perform recognize();
    select * into l from log;
  end if;
  if current_setting('synchronous_commit') in ('off', 'local') then
    -- An event that was seen must not be lost.
    perform set_config('synchronous_commit', 'on', true);
  end if;

  loop
    select * into j from jobs where job_id = p_job_id for no key update;
    r_is_new := not found;
    if r_is_new then
      j.last_id := 0;
      j.ended := false;
      j.lost := false;
      m := null;
    elsif p_producer is not null then
      select * into m from producers where job = j.number and producer = p_producer;
    end if;
    r_last := j.last_id;
    r_is_repeat := coalesce(p_producer_epoch = m.epoch and p_sequence <= m.sequence, false);
    -- A producer that repeats an append is answered as before, also if the job has ended meanwhile.
    r_refusal := case
      when r_is_repeat then null
      when j.ended then 'ended'
      when p_producer_epoch < m.epoch then 'fenced'
      when p_producer_epoch > m.epoch and p_sequence <> 0 then 'run_begins_late'
      when p_producer_epoch = m.epoch and p_sequence <> m.sequence + 1 then 'gap'
      when p_producer_epoch is not null and m.epoch is null and p_sequence <> 0 then 'gap'
      when p_expected <> j.last_id then 'conflict'
    end;
    if r_refusal is not null then
      r_producer_epoch := coalesce(m.epoch, p_producer_epoch);
      r_sequence := case when p_producer_epoch <= m.epoch then m.sequence + 1 else 0 end;
      return;
    end if;
    if r_is_new and l.max_jobs is not null and count_jobs() >= l.max_jobs then
      -- Jobs that others are creating at this moment aren't counted: a wait for them would be one at all transactions.
      r_refusal := 'too_many_jobs';
      r_sequence := l.max_jobs;
      return;
    end if;
    if not r_is_new and p_producer is not null and m.epoch is null and l.max_producers is not null then
      if (select count(*) from (select from producers where job = j.number limit l.max_producers) p) = l.max_producers then
        r_refusal := 'too_many_producers';
        r_sequence := l.max_producers;
        return;
      end if;
    end if;
    exit when not r_is_new;
    insert into jobs (job_id, epoch, created, updated)
    values (p_job_id, new_epoch(), n, n)
    on conflict (job_id) do nothing
    returning * into j;
    -- Else somebody else has made it meanwhile.
    exit when found;
  end loop;

  if r_is_repeat then
    p_types := '{}';
    p_iterations := '{}';
    p_stages := '{}';
    p_times := '{}';
    p_data := '{}';
    p_record := null;
  end if;
  if j.lease is not null and j.lost then
    p_types := array_prepend('job_resumed', p_types);
    p_iterations := array_prepend(j.iteration, p_iterations);
    p_stages := array_prepend('', p_stages);
    p_times := array_prepend(n, p_times);
    p_data := array_prepend(json_build_object('resumeFromIteration', j.iteration), p_data);
  end if;
  changes := cardinality(p_types) > 0;
  if changes then
    j := put_events(j, p_types, p_iterations, p_stages, p_times, p_data, l.retain_events, n);
  end if;
  j.lease := case when not j.ended then coalesce(p_lease, j.lease) end;
  update jobs set
    earliest_id = j.earliest_id, last_id = j.last_id, ended = j.ended, state = j.state,
    prompt_id = j.prompt_id, dataset_id = j.dataset_id, minimize = j.minimize,
    config = case when 'job_started' = any (p_types) then j.config else config end,
    iteration = j.iteration, stage = j.stage, score = j.score, best_score = j.best_score, result_prompt_id = j.result_prompt_id,
    largest = j.largest, record = coalesce(p_record, record),
    lease = j.lease, heard = case when j.lease is not null then n end, lost = false,
    updated = case when changes or p_record is not null then n else updated end
  where number = j.number;
  if p_producer is not null and not r_is_repeat then
    insert into producers (job, producer, epoch, sequence) values (j.number, p_producer, p_producer_epoch, p_sequence)
    on conflict (job, producer) do update set epoch = excluded.epoch, sequence = excluded.sequence;
  end if;

  r_epoch := j.epoch;
  r_earliest := j.earliest_id;
  r_last := j.last_id;
  r_ended := j.ended;
  r_sequence := case when r_is_repeat then m.sequence else p_sequence end;
end $$;
