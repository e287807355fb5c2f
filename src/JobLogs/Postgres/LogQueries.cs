using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Reads. Each question is one statement, which has one snapshot, and its answer is held back until it is behind the fence.</summary>
internal sealed class LogQueries(ServerConnections server, string schema, FlushFence fence) : IDisposable
{
    private const string Position = "(pg_current_wal_flush_lsn() - '0/0')::bigint";

    // Its minute is an integer.
    private static readonly DateTime Latest = new(6000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private const int MaxBytes = 16 * JobLogPage.MaxBytes;

    private const string JobColumns =
        "j.job_id, j.state, j.prompt_id, j.dataset_id, j.config, j.iteration, j.stage, j.score, j.best_score, j.last_id, j.created, j.updated, "
        + "j.result_prompt_id";

    private readonly string find =
        $"SELECT {Position}, j.epoch, j.earliest_id, j.last_id, j.ended FROM {schema}.jobs j WHERE j.job_id = $1;";

    // The state is a row of its own, which is cheaper than to send it with each event, and the order of all rows is left to the reader, which
    // spares the server a sort. Where events are large, fewer are read than a page has: it ends at a size, which is known when they are read.
    private readonly string read = $"""
        WITH j AS MATERIALIZED (SELECT number, epoch, earliest_id, last_id, ended, largest FROM {schema}.jobs WHERE job_id = $1)
        SELECT {Position}, epoch, earliest_id, last_id, ended,
          NULL::bigint, NULL::text, NULL::integer, NULL::text, NULL::timestamptz, NULL::json FROM j
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, e.* FROM j CROSS JOIN LATERAL (
          SELECT id, event_type, iteration, stage, at, data FROM {schema}.events WHERE job = j.number AND id > $2
          ORDER BY id LIMIT least({JobLogPage.MaxEvents}, greatest(1, {MaxBytes} / greatest(1, j.largest)))) e;
        """;

    private readonly string describe = $"SELECT {Position}, {JobColumns} FROM {schema}.jobs j WHERE j.job_id = $1;";

    // lower() of "C" knows the letters of ASCII, as the contract has it.
    private readonly string list = $"""
        SELECT {Position}, {JobColumns} FROM {schema}.jobs j
        WHERE j.updated <= $1 AND j.updated_minute <= ceil(extract(epoch FROM $1) / 60)::integer
          AND (cardinality($2::smallint[]) = 0 OR j.state = ANY ($2))
          AND ($3 = '' OR strpos(
            lower((j.job_id || E'\n' || j.prompt_id || E'\n' || j.dataset_id) COLLATE "C"), lower($3 COLLATE "C")) > 0)
        ORDER BY j.updated_minute DESC, j.updated DESC, j.number DESC LIMIT $4 OFFSET $5;
        """;

    // Whoever reads beside them, such as the poller, has connections of the pool left.
    private readonly SemaphoreSlim places = new(Math.Max(1, server.PoolSize / 4));

    public async Task<JobLogState?> FindAsync(string jobId, CancellationToken token) =>
        (await ReadAsync(find, ReadState, token, Text(jobId))).FirstOrDefault();

    public async Task<JobLogPage?> ReadAsync(string jobId, long afterEventId, CancellationToken token)
    {
        JobLogState? state = null;
        var rows = await ReadAsync(read, ReadRow, token, Text(jobId), new NpgsqlParameter<long> { TypedValue = afterEventId });
        return state is null ? null : JobLogPage.Of(state, rows.OfType<JobEvent>().OrderBy(jobEvent => jobEvent.Id));

        JobEvent? ReadRow(NpgsqlDataReader row)
        {
            if (!row.IsDBNull(0))
            {
                state = ReadState(row);
                return null;
            }

            return EventColumns.Read(row, first: 5);
        }
    }

    public async Task<Job?> DescribeAsync(string jobId, CancellationToken token) =>
        (await ReadAsync(describe, ReadJob, token, Text(jobId))).FirstOrDefault();

    public async Task<JobList> ListAsync(JobListQuery query, CancellationToken token)
    {
        var jobs = await ReadAsync(
            list,
            row => (ReadJob(row), new DateTimeOffset(row.GetDateTime(12))),
            token,
            new NpgsqlParameter<DateTime>
            {
                TypedValue = query.After is { UpdateTime.UtcDateTime: var time } && time < Latest ? time : Latest,
            },
            new NpgsqlParameter<short[]> { TypedValue = [.. query.States.Select(state => (short)state)] },
            Text(query.Text),
            new NpgsqlParameter<int> { TypedValue = query.Limit + 1 },
            new NpgsqlParameter<int> { TypedValue = query.After?.Ties ?? 0 }
        );
        return JobListPages.Page(query, jobs);
    }

    /// <summary>Waits until all that is committed now may be shown.</summary>
    public async ValueTask PassFenceAsync(CancellationToken token)
    {
        if (fence.IsOn)
        {
            await ReadAsync($"SELECT {Position};", row => row.GetInt64(0), token);
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<List<T>> ReadAsync<T>(
        string text,
        Func<NpgsqlDataReader, T> readRow,
        CancellationToken token,
        params NpgsqlParameter[] parameters
    )
    {
        await places.WaitAsync(token);
        (List<T> Rows, long Position) answer;
        try
        {
            answer = await AskAsync(text, readRow, parameters);
        }
        finally
        {
            places.Release();
        }

        await fence.PassAsync(answer.Position, token);
        return answer.Rows;
    }

    /// <summary>Asks, also if nobody waits any more: to cancel a question costs the server more than to answer it.</summary>
    private async Task<(List<T> Rows, long Position)> AskAsync<T>(
        string text,
        Func<NpgsqlDataReader, T> readRow,
        NpgsqlParameter[] parameters
    )
    {
        await using var command = server.Command(text);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        var (rows, position) = (new List<T>(), 0L);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            position = position == 0 && !reader.IsDBNull(0) ? reader.GetInt64(0) : position;
            rows.Add(readRow(reader));
        }

        return (rows, position);
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static JobLogState ReadState(NpgsqlDataReader row) =>
        new(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4));

    private static Job ReadJob(NpgsqlDataReader row)
    {
        var job = new Job
        {
            JobId = row.GetString(1),
            State = (JobState)row.GetInt16(2),
            PromptId = row.GetString(3),
            DatasetId = row.GetString(4),
            Config = row.IsDBNull(5) ? null : EventColumns.ReadConfig(row.GetFieldValue<byte[]>(5)),
            Iteration = row.GetInt32(6),
            Stage = row.GetString(7),
            LastEventId = row.GetInt64(10),
            CreateTime = Timestamp.FromDateTime(row.GetDateTime(11)),
            UpdateTime = Timestamp.FromDateTime(row.GetDateTime(12)),
            ResultPromptId = row.GetString(13),
        };
        if (!row.IsDBNull(8))
        {
            job.Score = row.GetDouble(8);
        }

        if (!row.IsDBNull(9))
        {
            job.BestScore = row.GetDouble(9);
        }

        return job;
    }
}
