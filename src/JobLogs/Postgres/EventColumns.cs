using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using NpgsqlTypes;
using OptimizationGateway.Contracts;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Json;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Events as the columns of the table, each an array: one parameter each, however many events there are.</summary>
internal sealed class EventColumns
{
    private readonly string[] types;
    private readonly int[] iterations;
    private readonly string[] stages;
    private readonly DateTime?[] times;
    private readonly string[] data;

    /// <summary>The last event as it will be read, but for its ids and its time; null: there is no event.</summary>
    public JobEvent? Last { get; private set; }

    /// <exception cref="ArgumentException">An event can't be encoded.</exception>
    public EventColumns(IReadOnlyList<JobEvent> events)
    {
        var count = events.Count;
        (types, iterations, stages, times, data) = (
            new string[count],
            new int[count],
            new string[count],
            new DateTime?[count],
            new string[count]
        );
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            for (var i = 0; i < count; i++)
            {
                Add(i, events[i], buffer);
            }
        }
        catch (Exception fault)
        {
            throw new ArgumentException($"The events can't be encoded: {fault.Message}", nameof(events), fault);
        }
    }

    /// <summary>Adds the columns as parameters, in the order of the function.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = types });
        parameters.Add(new NpgsqlParameter<int[]> { TypedValue = iterations });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = stages });
        parameters.Add(
            new NpgsqlParameter<DateTime?[]> { TypedValue = times, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz }
        );
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = data, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json });
    }

    /// <summary>Reads the columns <c>id, event_type, iteration, stage, at, data</c>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The number of the first column.</param>
    public static JobEvent Read(NpgsqlDataReader row, int first)
    {
        // In the order of the columns: the reader of a row goes back at a cost.
        var (id, type, iteration) = (row.GetInt64(first), row.GetString(first + 1), row.GetInt32(first + 2));
        var (stage, at) = (row.GetString(first + 3), row.GetDateTime(first + 4));
        var read = EventJson.Read(type, iteration, stage, row.GetFieldValue<byte[]>(first + 5));
        read.Id = id;
        read.PreviousId = id - 1;
        read.Timestamp = Timestamp.FromDateTime(at);
        return read;
    }

    /// <summary>Reads a configuration, as the column of jobs has it.</summary>
    public static Struct ReadConfig(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Nesting.MaxLevels });
        reader.Read();
        return StructJson.ReadObject(ref reader, level: 2);
    }

    private void Add(int i, JobEvent jobEvent, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer))
        {
            PayloadJson.Write(json, jobEvent);
        }

        (types[i], iterations[i], stages[i]) = (PayloadJson.TypeOf(jobEvent), jobEvent.Iteration, jobEvent.Stage);
        times[i] = jobEvent.Timestamp?.ToDateTime();
        data[i] = Encoding.UTF8.GetString(buffer.WrittenSpan);
        if (types[i].Contains('\0', StringComparison.Ordinal) || stages[i].Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException("PostgreSQL can't keep the character U+0000 in the type or the stage of an event.");
        }

        // What can't be read again would end every watch of the job.
        Last = EventJson.Read(types[i], iterations[i], stages[i], buffer.WrittenSpan);
    }
}
