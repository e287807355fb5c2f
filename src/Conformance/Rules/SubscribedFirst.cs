using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class SubscribedFirst()
    : Rule(
        "subscribed-first",
        "8.1",
        "The first message is `subscribed`, once, with `last_event_id` set (0: no event yet). No event, replay or heartbeat comes before it."
    )
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var finished = await subject.Jobs.FinishedAsync(token);
        var requests = new List<WatchJobRequest>
        {
            Subject.Request(finished, 0),
            Subject.Request(finished, after: null),
            Subject.Request(finished, 0, historyOnly: true),
        };
        if (subject.Jobs.CanStart || subject.Jobs.Silent is not null)
        {
            var open = await subject.Jobs.OpenAsync(token);
            requests.AddRange([Subject.Request(open, 0), Subject.Request(open, after: null)]);
        }

        foreach (var request in requests)
        {
            await LookAsync(subject, request, token);
        }

        return Finding.Pass(
            $"{Spoken.Count(requests.Count, "watch")} of {requests.Select(r => r.JobId).Distinct().Count()} jobs began with it."
        );
    }

    private static async Task LookAsync(Subject subject, WatchJobRequest request, CancellationToken token)
    {
        using var watch = subject.Watch(request, token);
        var first = await watch.NextAsync(subject.Options.FirstMessage, token);
        if (first?.Subscribed is not { } subscribed)
        {
            var instead = first is null ? $"the stream ended: {watch.End}" : $"{Spoken.Message(first)} came first";
            throw new BreachException($"On {Spoken.Request(request)} {instead}{await LaterAsync(watch, token)}.");
        }

        if (!subscribed.HasLastEventId)
        {
            throw new BreachException($"On {Spoken.Request(request)} `subscribed` doesn't set `last_event_id`.");
        }

        if (request.HasAfterEventId)
        {
            await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
        }

        if (watch.Story.Messages.Count(message => message.Subscribed is not null) > 1)
        {
            throw new BreachException($"On {Spoken.Request(request)} `subscribed` came twice.");
        }
    }

    private static async Task<string> LaterAsync(Watch watch, CancellationToken token)
    {
        for (var more = 0; more < 3 && await watch.HearsAsync(TimeSpan.FromSeconds(1), token) && watch.End is null; more++)
        {
            if (watch.Story.Subscribed is not null)
            {
                return ", and `subscribed` after it";
            }
        }

        return "";
    }
}
