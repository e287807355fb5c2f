using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Faults.Clients;

/// <summary>
/// A number for what an event says: its type, place and time, and of its data the score and the mark of the stub's load jobs. Made by the
/// clients of what they get and by the checker of what the backend has, so that one changed on the way shows.
/// </summary>
internal static class EventSum
{
    private static readonly string[] DataMembers = ["score", "job", "id", "hash"];

    /// <summary>Of an event as a client gets it.</summary>
    public static uint Of(JsonElement told)
    {
        var data = told.GetProperty("data");
        return Hash([
            told.GetProperty("eventType").GetString()!,
            Text(told.GetProperty("iteration").GetDouble()),
            told.GetProperty("stage").GetString()!,
            told.GetProperty("timestamp").GetString()!,
            .. DataMembers.Select(name => data.TryGetProperty(name, out var member) ? Text(member) : ""),
        ]);
    }

    /// <summary>Of an event as the backend has it.</summary>
    public static uint Of(JobEvent kept) =>
        Hash([
            TypeOf(kept),
            Text(kept.Iteration),
            kept.Stage,
            kept.Timestamp.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            .. DataMembers.Select(name => Member(kept, name)),
        ]);

    /// <summary>Whether nothing may follow it.</summary>
    public static bool IsTerminal(JsonElement told) =>
        told.GetProperty("eventType").GetString() switch
        {
            "job_completed" or "job_cancelled" => true,
            "job_failed" => !told.GetProperty("data").GetProperty("willRetry").GetBoolean(),
            _ => false,
        };

    // FNV-1a over UTF-16 units: a line in any language.
    private static uint Hash(IEnumerable<string> parts)
    {
        var hash = 2166136261u;
        foreach (var part in parts)
        {
            foreach (var unit in part)
            {
                hash = unchecked((hash ^ unit) * 16777619u);
            }

            hash = unchecked((hash ^ '|') * 16777619u);
        }

        return hash;
    }

    private static string TypeOf(JobEvent kept) =>
        kept.PayloadCase == JobEvent.PayloadOneofCase.Custom
            ? kept.Custom.EventType
            : JobEvent.Descriptor.FindFieldByNumber((int)kept.PayloadCase)?.Name ?? "unknown";

    private static string Member(JobEvent kept, string name)
    {
        if (name == "score" && kept.IterationCompleted is { } iteration)
        {
            return Text(iteration.Score);
        }

        Value? member = null;
        _ = kept.Custom?.Data?.Fields.TryGetValue(name, out member) is true || kept.Details?.Fields.TryGetValue(name, out member) is true;
        return member?.KindCase switch
        {
            Value.KindOneofCase.StringValue => member.StringValue,
            Value.KindOneofCase.NumberValue => Text(member.NumberValue),
            _ => "",
        };
    }

    private static string Text(JsonElement member) =>
        member.ValueKind switch
        {
            JsonValueKind.String => member.GetString()!,
            JsonValueKind.Number => Text(member.GetDouble()),
            _ => "",
        };

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
