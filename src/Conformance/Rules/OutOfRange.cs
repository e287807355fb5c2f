using System.Globalization;
using Grpc.Core;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class OutOfRange()
    : Rule(
        "out-of-range",
        "8.7",
        "A cursor above 0 that the log can't serve is answered by OUT_OF_RANGE, with the trailers earliest-event-id and latest-event-id in decimal. A cursor of 0 never is."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = await subject.Jobs.FinishedAsync(token);
        var history = await subject.HistoryAsync(job, 0, token);
        var latest = history.Events.LastOrDefault()?.Id ?? 0;
        foreach (var cursor in new[] { latest + 1, EventIds.Max })
        {
            await RefusedAsync(subject, job, cursor, latest, token);
        }

        // A log that was cut can't serve a cursor before what is left of it.
        if (history.Subscribed is { HasEarliestEventId: true, EarliestEventId: > 2 and var earliest })
        {
            await RefusedAsync(subject, job, earliest - 2, latest, token);
        }

        return Finding.Pass($"{job} has {latest}; the cursors {latest + 1} and {EventIds.Max} were refused, with both trailers.");
    }

    private static async Task RefusedAsync(Subject subject, string job, long cursor, long latest, CancellationToken token)
    {
        using var watch = subject.Watch(job, cursor, token);
        if (!await watch.HearsAsync(subject.Options.FirstMessage, token))
        {
            throw new BreachException($"{job} has events up to {latest}, and the cursor {cursor} was answered by silence.");
        }

        if (watch.End is not { } end)
        {
            throw new BreachException(
                $"{job} has events up to {latest}, and the cursor {cursor} was accepted, with {Spoken.Message(watch.Story.Messages[0])}."
            );
        }

        if (end.Status != StatusCode.OutOfRange)
        {
            throw new BreachException($"{job} has events up to {latest}, and the cursor {cursor} was answered by {end}.");
        }

        var (from, to) = (Trailer(end, "earliest-event-id"), Trailer(end, "latest-event-id"));
        if (to != latest)
        {
            throw new BreachException($"The trailer latest-event-id says {to}, and the newest event of {job} is {latest}.");
        }

        if (from < 1 || from > to + 1)
        {
            throw new BreachException($"The trailer earliest-event-id says {from}, and latest-event-id {to}.");
        }
    }

    private static long Trailer(WatchEnd end, string name)
    {
        var values = end.Trailers.Where(entry => entry.Key == name).Select(entry => entry.Value).ToList();
        return values switch
        {
            [] => throw new BreachException(
                $"OUT_OF_RANGE came without the trailer {name}: the gateway can't tell on which side the cursor is."
            ),
            [var one] when long.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var id) => id,
            _ => throw new BreachException($"The trailer {name} is '{string.Join("', '", values)}', which is no decimal number."),
        };
    }
}
