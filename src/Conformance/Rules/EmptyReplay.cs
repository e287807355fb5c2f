using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class EmptyReplay()
    : Rule("empty-replay", "8.2", "With a cursor the last `replay` is sent even if it is empty: it says that history is complete.")
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var finished = await subject.Jobs.FinishedAsync(token);
        var last = (await subject.HistoryAsync(finished, 0, token)).Events.Select(e => e.Id).LastOrDefault();
        var requests = new List<WatchJobRequest> { Subject.Request(finished, last), Subject.Request(finished, last, historyOnly: true) };
        if (subject.Jobs.Silent is { } silent)
        {
            // Where it stands now; an event in between would only make the replay one that isn't empty.
            var now = (await subject.HistoryAsync(silent, 0, token)).Events.Select(e => e.Id).LastOrDefault();
            requests.Add(Subject.Request(silent, now));
        }

        foreach (var request in requests)
        {
            await LookAsync(subject, request, token);
        }

        return Finding.Pass($"{Spoken.Count(requests.Count, "watch")} that had everything got an empty last `replay`.");
    }

    private static async Task LookAsync(Subject subject, WatchJobRequest request, CancellationToken token)
    {
        using var watch = subject.Watch(request, token);
        while (await watch.HearsAsync(Limits.NextMessage, token) && watch.End is null)
        {
            switch (watch.Story.Messages[^1])
            {
                case { Replay.HasMore: false }:
                    return;
                case { Replay: not null } announces:
                    throw new BreachException(
                        $"On {Spoken.Request(request)} there is nothing to come, and {Spoken.Message(announces)} says `has_more`."
                    );
                case { Event: not null } live:
                    throw new BreachException($"On {Spoken.Request(request)} {Spoken.Message(live)} came, and no `replay` before it.");
            }
        }

        throw new BreachException(
            watch.End is { } end
                ? $"{Spoken.Request(request)} ended with {end}, and no `replay` came."
                : $"On {Spoken.Request(request)} no `replay` came within {Spoken.Time(Limits.NextMessage)}: it waits for its last one."
        );
    }
}
