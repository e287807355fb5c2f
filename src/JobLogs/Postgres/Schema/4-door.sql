-- True if a text is a time with its offset from UTC, in the years that the contract knows.
create or replace function optimization.is_time(p_text text) returns boolean
language plpgsql immutable set search_path = optimization, pg_temp as $$
begin
  return p_text ~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-3]):[0-5]\d)$'
    and (p_text::timestamptz at time zone 'UTC') between '0001-01-01' and '9999-12-31 23:59:59.999999';
exception
  when datetime_field_overflow or invalid_datetime_format then
    return false;
end $$;

-- What is wrong with one member of an event's data; null: nothing. A row that is let in can be read and sent: these are the reader's rules.
create or replace function optimization.member_fault(p_name text, p_value jsonb, p_kind text) returns text
language plpgsql immutable set search_path = optimization, pg_temp as $$
declare
  kind text := jsonb_typeof(p_value);
  t text := p_value #>> '{}';
begin
  case p_kind
    when 'text' then
      return case when kind = 'string' then null else p_name || ' must be a text.' end;
    when 'count' then
      return case
        when kind = 'number' and t ~ '^\d{1,10}$' and t::bigint <= 2147483647 then null
        else p_name || ' must be a whole number from 0 to 2147483647.' end;
    when 'score' then
      return case when kind in ('number', 'null') then null else p_name || ' must be a number, or null if it isn''t known.' end;
    when 'flag' then
      return case when kind = 'boolean' then null else p_name || ' must be true or false.' end;
    when 'object' then
      return case when kind = 'object' then null else p_name || ' must be an object.' end;
    when 'time' then
      return case when kind = 'string' and is_time(t) then null else p_name || ' must be a time such as 2026-01-31T12:00:00.000Z.' end;
  end case;
end $$;

-- What is wrong with a value of any kind, as text: it nests too deep, has a number that a double can't hold, or is too large.
create or replace function optimization.value_fault(p_name text, p_value text) returns text
language plpgsql immutable set search_path = optimization, pg_temp as $$
declare
  bare text := regexp_replace(p_value, '"([^"\\]|\\.)*"', '', 'g');
  brackets text := regexp_replace(bare, '[^][{}]', '', 'g');
begin
  if octet_length(p_value) > 4194304 then
    return p_name || ' must have at most 4 MiB.';
  end if;
  -- As jsonb writes it, without an exponent: the greatest double has 309 digits and begins with 17.
  if bare ~ '(?<![.\d])(\d{155}\d{155}|([2-9]\d|1[7-9])\d{155}\d{152})' then
    return p_name || ' has a number that a double can''t hold.';
  end if;
  if length(brackets) > 2 * 128 then
    for level in 1 .. 128 loop
      brackets := regexp_replace(brackets, '\[\]|\{\}', '', 'g');
      exit when brackets = '';
    end loop;
    if brackets <> '' then
      return p_name || ' nests deeper than 128 levels.';
    end if;
  end if;
  return null;
end $$;

-- What is wrong with an event; null: nothing.
create or replace function optimization.event_fault(p_event jsonb, p_path text) returns text
language plpgsql immutable set search_path = optimization, pg_temp as $$
declare
  documented jsonb := '{
    "job_started": {"promptId": "text", "datasetId": "text", "config": "object"},
    "iteration_completed": {"score": "score"},
    "job_paused": {"pausedAt": "time", "currentIteration": "count"},
    "job_resumed": {"resumedAt": "time", "resumeFromIteration": "count"},
    "job_completed": {"resultPromptId": "text", "finalScore": "score"},
    "job_failed": {"error": "text", "errorStack": "text", "willRetry": "flag"},
    "job_cancelled": {"cancelledAt": "time", "finalIteration": "count"}}';
  members jsonb := '{"eventType": "text", "iteration": "count", "stage": "text", "timestamp": "time", "data": "any"}';
  data jsonb := nullif(p_event -> 'data', 'null');
  fault text;
  m record;
begin
  if jsonb_typeof(p_event) <> 'object' then
    return rtrim(p_path, '.') || ' must be an object with eventType.';
  end if;
  for m in select key, value, members ->> key as kind from jsonb_each(p_event) loop
    fault := case
      when m.key in ('id', 'previousId', 'epoch') then p_path || m.key || ' is given by the log: leave it out.'
      when m.kind is null then p_path || m.key || ' isn''t known. Allowed are eventType, iteration, stage, data, timestamp; '
        || 'members of your own belong into data.'
      when m.kind <> 'any' then member_fault(p_path || m.key, m.value, m.kind)
    end;
    exit when fault is not null;
  end loop;
  if fault is not null then
    return fault;
  end if;
  if coalesce(p_event ->> 'eventType', '') = '' then
    return p_path || 'eventType is required: a text such as iteration_completed, or a name of your own.';
  end if;
  if data is not null then
    if jsonb_typeof(data) <> 'object' then
      return p_path || 'data must be an object.';
    end if;
    fault := value_fault(p_path || 'data', data::text);
    if fault is not null then
      return fault;
    end if;
  end if;
  members := documented -> (p_event ->> 'eventType');
  for m in select key as name, value as kind from jsonb_each_text(coalesce(members, '{}')) loop
    fault := case
      when data ? m.name then member_fault(p_path || 'data.' || m.name, data -> m.name, m.kind)
      when m.name = 'score' then p_path || 'data.score is required: a number, or null if it isn''t known.'
      when m.name = 'error' then p_path || 'data.error is required: the cause, in a sentence for people.'
    end;
    exit when fault is not null;
  end loop;
  return fault;
end $$;

-- What is wrong with an id of a job or a producer; null: nothing. Its length is counted as browsers count, in units of UTF-16.
create or replace function optimization.id_fault(p_name text, p_id text) returns text language sql immutable as $$
  select case
    when p_id is null or p_id = '' or p_id ~ '[\u0001-\u001f\u007f-\u009f]'
      or length(p_id) + length(regexp_replace(p_id, '[\u0001-\uffff]', '', 'g')) > 256
    then p_name || ' must be 1 to 256 characters without control characters.'
  end
$$;

-- Appends events in the caller's own transaction: they become visible when it commits. The job is made if there is none; its row is locked
-- to the commit, so append last.
--
--   select optimization.append('job-1', '[{"eventType": "iteration_completed", "iteration": 1, "data": {"score": 0.5}}]');
--
-- Returns the id of the job's newest event. An append that is refused raises: JL400 the events aren't as the contract has them, JL403 a later
-- run has replaced the producer, JL409 the newest event isn't the expected one, JL410 the job has ended, JL412 an append of the producer is
-- missing before this one, JL413 a producer's run doesn't begin with 0, JL507 there are as many jobs, or the job has as many producers, as
-- the programs allow.
create or replace function optimization.append(
  job_id text, events jsonb, expected_last_id bigint default null,
  producer text default null, producer_epoch bigint default null, producer_sequence bigint default null,
  lease interval default null, record json default null
) returns bigint language plpgsql security definer set search_path = optimization, pg_temp as $$
declare
  list jsonb := case when jsonb_typeof(events) = 'array' then events else jsonb_build_array(events) end;
  fault text := id_fault('job_id', job_id);
  e record;
  a record;
begin
  fault := coalesce(fault, case
    when num_nulls(producer, producer_epoch, producer_sequence) not in (0, 3)
      then 'producer, producer_epoch and producer_sequence belong together: give all, or none.'
    when producer is null then null
    when producer_epoch not between 0 and 9007199254740991 then 'producer_epoch must be a whole number from 0 to 2^53-1.'
    when producer_sequence not between 0 and 9007199254740991 then 'producer_sequence must be a whole number from 0 to 2^53-1.'
    else id_fault('producer', producer) end);
  fault := coalesce(fault, case when lease < interval '1 s' or lease > interval '1 day' then 'lease must be from 1 s to 1 day.' end);
  for e in select value, ordinality as n from jsonb_array_elements(list) with ordinality loop
    exit when fault is not null;
    fault := event_fault(e.value, case when jsonb_typeof(events) = 'array' then format('[%s].', e.n - 1) else '' end);
    if fault is null and e.n < jsonb_array_length(list) and (
      e.value ->> 'eventType' in ('job_completed', 'job_cancelled')
      or e.value ->> 'eventType' = 'job_failed' and e.value -> 'data' -> 'willRetry' is distinct from 'true')
    then
      fault := format('[%s] ends the job: no event can follow it.', e.n - 1);
    end if;
  end loop;
  if fault is not null or events is null then
    raise exception using errcode = 'JL400', message = coalesce(fault, 'events must be an event or an array of events.');
  end if;

  select r.* into a from (
    select coalesce(array_agg(v ->> 'eventType' order by n), '{}') t,
      coalesce(array_agg(coalesce((v ->> 'iteration')::integer, 0) order by n), '{}') i,
      coalesce(array_agg(coalesce(v ->> 'stage', '') order by n), '{}') g,
      coalesce(array_agg((v ->> 'timestamp')::timestamptz order by n), '{}') at,
      coalesce(array_agg(coalesce(nullif(v -> 'data', 'null'), '{}')::json order by n), '{}') d
    from jsonb_array_elements(list) with ordinality as x (v, n)
  ) x, append_events(append.job_id, x.t, x.i, x.g, x.at, x.d, expected_last_id, producer, producer_epoch, producer_sequence,
    lease, record) r;
  case a.r_refusal
    when 'ended' then
      raise exception using errcode = 'JL410',
        message = format('%s has ended with event %s. Nothing was appended; a rerun is a new job.', job_id, a.r_last);
    when 'conflict' then
      raise exception using errcode = 'JL409', detail = a.r_last::text, message =
        format('The last event of %s is %s, not %s as expected. Nothing was appended.', job_id, a.r_last, expected_last_id);
    when 'fenced' then
      raise exception using errcode = 'JL403', detail = a.r_producer_epoch::text, message =
        format('Producer %s of %s is at epoch %s: a later run has replaced this one. Nothing was appended.',
          producer, job_id, a.r_producer_epoch);
    when 'gap' then
      raise exception using errcode = 'JL412', detail = a.r_sequence::text, message =
        format('The next sequence of producer %s for %s is %s, not %s. Nothing was appended; send the missing appends first.',
          producer, job_id, a.r_sequence, producer_sequence);
    when 'run_begins_late' then
      raise exception using errcode = 'JL413', message =
        format('Epoch %s of producer %s for %s must begin with sequence 0, not %s. Nothing was appended.',
          producer_epoch, producer, job_id, producer_sequence);
    when 'too_many_jobs' then
      raise exception using errcode = 'JL507', detail = a.r_sequence::text, message =
        format('The log may have %s jobs. Nothing was appended.', a.r_sequence);
    when 'too_many_producers' then
      raise exception using errcode = 'JL507', detail = a.r_sequence::text, message =
        format('A job may have %s producers. Nothing was appended.', a.r_sequence);
    else
      return a.r_last;
  end case;
end $$;

-- A function that runs with its owner's rights is for those who are given it.
revoke all on all functions in schema optimization from public;
