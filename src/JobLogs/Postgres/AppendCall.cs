using Npgsql;
using NpgsqlTypes;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>One append: the call of <c>append_events</c>, which decides and writes under the lock of the job's row, and its answer.</summary>
internal sealed class AppendCall(ServerConnections server, string schema)
{
    private readonly string text = $"""
        SELECT r_refusal, r_epoch, r_earliest, r_last, r_ended, r_is_new, r_is_repeat, r_producer_epoch, r_sequence
        FROM {schema}.append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
        """;

    /// <param name="append">The append, which was checked.</param>
    /// <param name="events">Its events.</param>
    /// <param name="now">The time; null: the server's, which all programs share.</param>
    /// <exception cref="AppendConflictException">The log's last id isn't the expected one.</exception>
    /// <exception cref="ProducerException">The producer was replaced, or its sequence has a gap.</exception>
    /// <exception cref="JobEndedException">The job has ended.</exception>
    /// <exception cref="JobLogLimitException">There are as many jobs, or the job has as many producers, as the log may have.</exception>
    /// <exception cref="NpgsqlException">The server is away, or can't write.</exception>
    public async Task<JobAppendResult> MakeAsync(JobAppend append, EventColumns events, DateTimeOffset? now)
    {
        await using var command = server.Command(text);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<string> { TypedValue = append.JobId });
        events.AddTo(parameters);
        Add(parameters, NpgsqlDbType.Bigint, append.ExpectedLastId);
        Add(parameters, NpgsqlDbType.Text, append.Producer?.Id);
        Add(parameters, NpgsqlDbType.Bigint, append.Producer?.Epoch);
        Add(parameters, NpgsqlDbType.Bigint, append.Producer?.Sequence);
        Add(parameters, NpgsqlDbType.Interval, append.Lease);
        Add(parameters, NpgsqlDbType.Json, append.Record);
        Add(parameters, NpgsqlDbType.TimestampTz, now?.UtcDateTime);
        await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
        await row.ReadAsync(CancellationToken.None);
        if (!row.IsDBNull(0))
        {
            throw Refusal(append, row);
        }

        var state = new JobLogState(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4));
        return new JobAppendResult(state, row.GetBoolean(5), row.GetBoolean(6), row.IsDBNull(8) ? null : row.GetInt64(8));
    }

    private static Exception Refusal(JobAppend append, NpgsqlDataReader row)
    {
        var lastId = row.GetInt64(3);
        return row.GetString(0) switch
        {
            "ended" => new JobEndedException(append.JobId, lastId),
            "conflict" => new AppendConflictException(append.JobId, lastId, append.ExpectedLastId!.Value),
            "fenced" => Refused(ProducerRefusal.Fenced),
            "gap" => Refused(ProducerRefusal.Gap),
            "too_many_jobs" => new JobLogLimitException(JobLogLimit.Jobs, row.GetInt64(8)),
            "too_many_producers" => new JobLogLimitException(JobLogLimit.ProducersPerJob, row.GetInt64(8)),
            _ => Refused(ProducerRefusal.RunBeginsLate),
        };

        ProducerException Refused(ProducerRefusal reason) => new(append.JobId, append.Producer!, reason, row.GetInt64(7), row.GetInt64(8));
    }

    private static void Add(NpgsqlParameterCollection parameters, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
