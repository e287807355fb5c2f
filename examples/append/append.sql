-- Appends the events of a job with SQL, each with what your application writes, in one transaction:
-- psql -v job=mine -f append.sql "$CONNECTION"
\set ON_ERROR_STOP on
\set VERBOSITY terse
\if :{?job}
\else
  do $$ begin raise 'Name the job: psql -v job=mine -f append.sql "$CONNECTION"'; end $$;
\endif
create temporary table my_results (iteration integer, score double precision);

-- Numbered as the producer's appends, so that a second run repeats nothing.
begin;
select optimization.append(:'job', '{"eventType":"job_started","data":{"promptId":"example","datasetId":"none","config":{"maxIterations":20}}}',
  producer => 'sql', producer_epoch => 0, producer_sequence => 0);
commit;

select format($$begin; insert into my_results values (%1$s, %2$s);
  select optimization.append(%3$L, '{"eventType":"iteration_completed","iteration":%1$s,"data":{"score":%2$s}}',
    producer => 'sql', producer_epoch => 0, producer_sequence => %1$s); commit;$$,
  i, round(1 - 1.0 / i, 4), :'job')
from generate_series(1, 20) as i \gexec

begin;
select optimization.append(:'job', '{"eventType":"job_completed","data":{"resultPromptId":"example/best","finalScore":0.95}}',
  producer => 'sql', producer_epoch => 0, producer_sequence => 21);
commit;
