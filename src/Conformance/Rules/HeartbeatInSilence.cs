using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class HeartbeatInSilence()
    : Rule(
        "heartbeat",
        "8.8",
        "A `heartbeat` is sent when nothing else was sent for 15 s (--heartbeat). Its `last_event_id`, if set, is no further than what this stream has sent. No more than 100 messages a second tell nothing new."
    )
{
    private const int Beats = 2;
    private const int Busy = 10;
    private const int Flood = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.0 / Flood);

    public override Turn Turn => Turn.Beside;

    public override TimeSpan Deadline(Subject subject) => base.Deadline(subject) + (subject.Options.LongestSilence * 2 * Beats);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = await subject.Jobs.OpenAsync(token);
        var busy = BusyAsync(subject, token);
        var longest = await Task.WhenAll(LookAsync(subject, job, 0, token), LookAsync(subject, job, after: null, token));
        return Finding.Pass(
            $"{Beats} heartbeats on each of two watches of {job}, the longest silence {Spoken.Time(longest.Max())}.{await busy}"
        );
    }

    /// <summary>One that comes from a timer runs ahead where events come at the same time, so all watches of all rules are listened to.</summary>
    public override Finding Conclude(Subject subject, Finding finding) =>
        finding.Verdict != Verdict.Fail && subject.Overheard.HeartbeatAhead is { } ahead ? Finding.Fail(ahead) : finding;

    /// <summary>On streams that aren't silent there needn't be any; where there are, <see cref="Overheard"/> knows of one that was wrong.</summary>
    private static async Task<string> BusyAsync(Subject subject, CancellationToken token)
    {
        if (!subject.Jobs.CanStart)
        {
            return "";
        }

        var job = await subject.Jobs.RunningAsync(token);
        var watches = Enumerable.Range(0, Busy).Select(_ => subject.Watch(job.Id, 0, token)).ToList();
        try
        {
            await Task.WhenAll(watches.Select(watch => ListenAsync(watch, subject.Options.LongestSilence, token)));
            var beats = watches.Sum(watch => watch.Story.Messages.Count(message => message.Heartbeat is not null));
            return $" {Spoken.Count(beats, "heartbeat")} on {Busy} watches of {job.Id}, while it wrote.";
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    private static async Task ListenAsync(Watch watch, TimeSpan longest, CancellationToken token)
    {
        while (watch.End is null && watch.Age < longest && await watch.HearsAsync(longest, token)) { }
    }

    /// <summary>More than 100 a second that tell nothing new are a breach to the gateway, in the long run.</summary>
    private static async Task AssertNoFloodAsync(Watch watch, CancellationToken token)
    {
        var began = watch.Age;
        for (var count = 1; watch.End is null && await watch.HearsAsync(Pause, token); count++)
        {
            var tellsNothing =
                watch.Story.Messages[^1].MessageCase
                is WatchJobResponse.MessageOneofCase.Heartbeat
                    or WatchJobResponse.MessageOneofCase.None;
            if (!tellsNothing)
            {
                return;
            }

            if (count == Flood)
            {
                throw new BreachException(
                    $"{Spoken.Request(watch.Request)}: {Flood} messages that tell nothing new came in a row, in {Spoken.Time(watch.Age - began)}; the gateway takes {Flood} a second in the long run."
                );
            }
        }
    }

    /// <returns>The longest silence.</returns>
    private static async Task<TimeSpan> LookAsync(Subject subject, string job, long? after, CancellationToken token)
    {
        using var watch = subject.Watch(job, after, token);
        var silence = subject.Options.LongestSilence;
        var patience = silence * 2 * Beats;
        var (beats, before, longest) = (0, TimeSpan.Zero, TimeSpan.Zero);
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

            beats += watch.Story.Messages[^1].Heartbeat is null ? 0 : 1;
            if (watch.Story.HeartbeatAhead is { } ahead)
            {
                throw new BreachException(ahead);
            }

            (longest, before) = (watch.Age - before > longest ? watch.Age - before : longest, watch.Age);
        }

        await AssertNoFloodAsync(watch, token);
        return beats == Beats
            ? longest
            : throw new NotApplicableException($"{job} was never silent for long enough: --silent-job names one that is.");
    }
}
