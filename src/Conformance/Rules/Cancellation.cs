using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>
/// A backend that isn't told of a cancellation notices at its next write, which fails. That is no stop: with 15 s between heartbeats it takes 15 s.
/// So a witness stays open beside those that are cancelled, and only what has stopped before the witness hears anything has stopped by itself.
/// </summary>
internal sealed class Cancellation()
    : Rule("cancellation", "8.9", "A watch stops within a second of cancellation, also while its job is silent and while it is held back.")
{
    private const int Silent = 20;
    private const int HeldBack = 5;
    private const int Attempts = 3;

    // A second, and one more for the way there and for asking.
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2);

    // With heartbeats that come sooner, the watches begin anew with one, so that the next is as far away as can be.
    private static readonly TimeSpan LongBeat = TimeSpan.FromSeconds(3);

    // Who still runs after that time was hardly about to stop.
    private static readonly TimeSpan Overdue = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>It counts watches, so there must be none that come and go.</summary>
    public override Turn Turn => Turn.First;

    public override TimeSpan Deadline(Subject subject) => base.Deadline(subject) + (subject.Options.LongestSilence * Attempts);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var count =
            WatchCount.Of(subject)
            ?? throw new NotApplicableException(
                "From outside it can't be seen whether a cancelled call still runs: --watches-command says how many do."
            );
        var open = await subject.Jobs.OpenAsync(token);
        var load = await subject.Jobs.LoadAsync(token);
        var before = await count.SettledAsync(token);
        using var witness = subject.Watch(open, after: null, token);
        await witness.NextAsync(subject.Options.FirstMessage, token);
        var running = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var stop = await StopAsync(subject, count, before, witness, load, token);
            if (stop.IsByItself)
            {
                return Finding.Pass(
                    $"{stop.Cancelled} watches were cancelled; {Spoken.Time(stop.After)} later none of them ran any more, and nothing had been sent to them."
                );
            }

            running = stop.LastRunning < running ? stop.LastRunning : running;
        }

        return subject.Jobs.Silent is not null && running >= Overdue
            ? Finding.Fail(
                $"{Attempts} times watches were cancelled; {Spoken.Time(running)} later some still ran, and stopped with the next heartbeat: the write that fails ends them, not the cancellation. With a longer --heartbeat it shows for how long."
            )
            : Finding.NotApplicable(
                subject.Jobs.Silent is null
                    ? "The watches stopped when the job wrote: it may be the write that failed. --silent-job names one that doesn't write."
                    : "A heartbeat came before it could be seen whether the watches stopped by themselves: let them come less often, and say so with --heartbeat."
            );
    }

    private static async Task<Stop> StopAsync(
        Subject subject,
        WatchCount count,
        int before,
        Watch witness,
        string? load,
        CancellationToken token
    )
    {
        var open = witness.Request.JobId;
        var watches = new List<Watch>();
        try
        {
            watches.AddRange(Enumerable.Range(0, Silent).Select(i => subject.Watch(open, i % 2 == 0 ? 0 : null, token)));
            watches.AddRange(Enumerable.Range(0, load is null ? 0 : HeldBack).Select(_ => subject.Watch(load!, 0, token)));
            foreach (var unanswered in await Crowd.UnansweredAsync(watches, subject.Options.FirstMessage, token))
            {
                throw unanswered.Silence(subject.Options.FirstMessage);
            }

            var during = await count.AskAsync(token);
            if (during < before + Silent)
            {
                throw new NotApplicableException(
                    $"--watches-command said {before}, and {during} with {Silent} more open: it counts something else."
                );
            }

            if (subject.Jobs.Silent is not null && subject.Options.Heartbeat < LongBeat)
            {
                await Task.WhenAll(watches.Take(Silent).Append(witness).Select(watch => BeatAsync(subject, watch, token)));
            }

            watches.ForEach(watch => watch.Cancel());
            return await StoppedAsync(subject, count, before + 1, watches.Count, witness, token);
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    /// <summary>Reads up to its next heartbeat. That none comes is for another rule.</summary>
    private static async Task BeatAsync(Subject subject, Watch watch, CancellationToken token)
    {
        while (watch.End is null && await watch.HearsAsync(subject.Options.LongestSilence, token))
        {
            if (watch.Story.Messages[^1].Heartbeat is not null)
            {
                return;
            }
        }
    }

    private static async Task<Stop> StoppedAsync(
        Subject subject,
        WatchCount count,
        int others,
        int cancelled,
        Watch witness,
        CancellationToken token
    )
    {
        var (at, running, hasHeard) = (subject.Time.GetTimestamp(), TimeSpan.Zero, false);
        while (true)
        {
            var asked = subject.Time.GetElapsedTime(at);
            var left = await count.AskAsync(token) - others;
            var after = subject.Time.GetElapsedTime(at);

            // A little later still nothing: what was sent at the same moment would be here by then.
            hasHeard |= await witness.HearsAsync(Pause, token);
            if (left <= 0)
            {
                return new Stop(cancelled, IsByItself: !hasHeard, after, running);
            }

            running = asked;
            if (asked > Allowed)
            {
                throw new BreachException($"{cancelled} watches were cancelled; {Spoken.Time(asked)} later {left} of them still ran.");
            }
        }
    }

    /// <param name="Cancelled">The number of watches.</param>
    /// <param name="IsByItself">True if they stopped before anything was sent.</param>
    /// <param name="After">The time from the cancellation until that was seen.</param>
    /// <param name="LastRunning">The time some were last seen to run.</param>
    private readonly record struct Stop(int Cancelled, bool IsByItself, TimeSpan After, TimeSpan LastRunning);
}
