using System.Text.Json;
using OptimizationGateway.Faults.Programs;

namespace OptimizationGateway.Faults.Clients;

/// <summary>Makes the line of a history that says which events came.</summary>
internal static class EventLine
{
    public static HistoryLine Of(HistoryKind what, string? job, List<JsonElement> events, bool? more)
    {
        var ids = events.ConvertAll(e => e.GetProperty("id").GetInt64());
        var marks = events.Select(e => e.GetProperty("data").TryGetProperty("job", out var mark) ? mark.ToString() : null);
        return new HistoryLine
        {
            What = what,
            Job = job,
            More = more,
            Ids = [.. ids],
            Sums = [.. events.Select(EventSum.Of)],
            Marks = [.. marks.OfType<string>().Distinct()],
            Callers = [.. events.Select(CallerOf).Distinct()],
            Terminal = events.FindIndex(EventSum.IsTerminal) is var terminal and >= 0 ? ids[terminal] : null,
        };
    }

    private static string CallerOf(JsonElement told) =>
        told.GetProperty("data").TryGetProperty(CallerMarks.Member, out var named) ? named.ToString() : "";
}
