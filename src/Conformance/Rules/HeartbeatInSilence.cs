using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class HeartbeatInSilence()
    : Rule(
        "heartbeat",
        "8.8",
        "A `heartbeat` is sent when nothing else was sent for 15 s (--heartbeat). Its `last_event_id`, if set, is no further than what this stream has sent."
    )
{
    private const int Beats = 2;

    public override Turn Turn => Turn.Beside;

    public override TimeSpan Deadline(Subject subject) => base.Deadline(subject) + (subject.Options.LongestSilence * 2 * Beats);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = await subject.Jobs.OpenAsync(token);
        var longest = await Task.WhenAll(LookAsync(subject, job, 0, token), LookAsync(subject, job, after: null, token));
        return Finding.Pass($"{Beats} heartbeats on each of two watches of {job}, the longest silence {Spoken.Time(longest.Max())}.");
    }

    /// <returns>The longest silence.</returns>
    private static async Task<TimeSpan> LookAsync(Subject subject, string job, long? after, CancellationToken token)
    {
        using var watch = subject.Watch(job, after, token);
        var silence = subject.Options.LongestSilence;
        var patience = silence * 2 * Beats;
        var (beats, cursor, before, longest) = (0, after ?? 0, TimeSpan.Zero, TimeSpan.Zero);
        while (beats < Beats && (watch.Age < patience || beats > 0))
        {
            if (!await watch.HearsAsync(silence, token))
            {
                var due = Spoken.Time(subject.Options.Heartbeat);
                throw new BreachException(
                    $"{Spoken.Request(watch.Request)} was silent for {Spoken.Time(silence)}; a heartbeat is due after {due}."
                );
            }

            if (watch.End is { } end)
            {
                throw watch.Story.Events.Any(Story.IsTerminal) || watch.Story.Subscribed is { Ended: true }
                    ? new NotApplicableException(
                        $"{job} ended before a heartbeat was due: --silent-job names one that is silent for longer."
                    )
                    : new BreachException($"{Spoken.Request(watch.Request)} ended with {end} while it waited for a heartbeat.");
            }

            var message = watch.Story.Messages[^1];
            cursor = message.Subscribed is { } subscribed && after is null ? subscribed.LastEventId : cursor;
            cursor = Story.EventsOf(message).LastOrDefault()?.Id ?? cursor;
            if (message.Heartbeat is { } heartbeat)
            {
                beats++;
                if (heartbeat.HasLastEventId && heartbeat.LastEventId > cursor)
                {
                    throw new BreachException(
                        $"On {Spoken.Request(watch.Request)} a heartbeat named {heartbeat.LastEventId}, and this stream had sent up to {cursor}: a gap to the gateway."
                    );
                }
            }

            (longest, before) = (watch.Age - before > longest ? watch.Age - before : longest, watch.Age);
        }

        return beats == Beats
            ? longest
            : throw new NotApplicableException($"{job} was never silent for long enough: --silent-job names one that is.");
    }
}
