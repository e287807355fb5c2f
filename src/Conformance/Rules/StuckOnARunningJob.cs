using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>Watches that read nothing of a job while it writes: the job goes on, and they get all of it when they read on.</summary>
internal sealed class StuckOnARunningJob(Subject subject, CancellationToken token)
{
    private const int AtBegin = 4;
    private const int Later = 4;

    // The window of a stream and what servers take in before they wait; with less nobody is held back.
    private const int FewestBytes = 80 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AShortWhile = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <returns>The observation, for the finding.</returns>
    public async Task<string> CheckAsync()
    {
        var job = await subject.Jobs.NewAsync(token);
        using var connection = subject.ConnectNarrow();
        var watches = new List<Watch>();
        try
        {
            await OpenAsync(AtBegin);
            await job.RunsAsync(token);
            await Task.Delay(AShortWhile, subject.Time, token);

            // What they get first is history, and live events wait behind it.
            await OpenAsync(Later);
            var openedAt = subject.Time.GetTimestamp();
            var stoodAt = await StallAsync(job);
            var held = subject.Time.GetElapsedTime(openedAt);
            if (job.EndedTooSoon)
            {
                throw new NotApplicableException(
                    $"The watch of {job.Id} ended with OK, and its job hadn't ended: see `ok-means-ended` first."
                );
            }

            var target = job.LatestId;
            var reading = watches.ConvertAll(watch => ReadAsync(watch, target));
            if (stoodAt is { } id && await GrowsAsync(job, id))
            {
                throw new BreachException(
                    $"While {watches.Count} watches of {job.Id} read nothing it stood still at event {id} for {Spoken.Time(Stall)}, and went on when they read."
                );
            }

            await Task.WhenAll(reading);
            var log = (await subject.HistoryAsync(job.Id, 0, token)).Events.ToList();
            watches.ForEach(watch => Judge(watch, log.ConvertAll(e => e.Id), target, held));
            return Seen(job.Id, log.Sum(e => e.CalculateSize()), log.Count);
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }

        async Task OpenAsync(int count)
        {
            var opened = Enumerable.Range(0, count).Select(_ => connection.Open(Subject.Request(job.Id, 0), token)).ToList();
            watches.AddRange(opened);
            await Crowd.UnansweredAsync(opened, subject.Options.FirstMessage, token);
            if (opened.Select(watch => watch.End).FirstOrDefault(end => end is { IsOk: false }) is { } refused)
            {
                throw new BreachException($"A watch of {job.Id} ended with {refused}.", refused);
            }
        }
    }

    private static string Seen(string job, int bytes, int events) =>
        $" {AtBegin + Later} watches of {job} read nothing while it wrote its {Spoken.Count(events, "event")}: it went on, and then they got all of them."
        + (
            bytes < FewestBytes
                ? $" That was {bytes >> 10} KiB, which may fit into buffers: a --start-job that writes {FewestBytes >> 10} KiB or more shows more."
                : ""
        );

    /// <returns>The event after which none came for a while; null: it has ended, or writes on.</returns>
    private async Task<long?> StallAsync(StartedJob job)
    {
        var (beganAt, latest) = (subject.Time.GetTimestamp(), job.LatestId);
        for (var since = beganAt; !job.HasEnded && subject.Time.GetElapsedTime(beganAt) < Longest; )
        {
            await Task.Delay(Glance, subject.Time, token);
            (latest, since) = job.LatestId == latest ? (latest, since) : (job.LatestId, subject.Time.GetTimestamp());
            if (!job.HasEnded && subject.Time.GetElapsedTime(since) > Stall)
            {
                return latest;
            }
        }

        return null;
    }

    private async Task<bool> GrowsAsync(StartedJob job, long from)
    {
        for (var at = subject.Time.GetTimestamp(); subject.Time.GetElapsedTime(at) < AShortWhile; )
        {
            await Task.Delay(Glance, subject.Time, token);
            if (job.LatestId > from)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads on up to that event, or until no event comes any more.</summary>
    private async Task ReadAsync(Watch watch, long target)
    {
        for (var until = watch.Age + Limits.NextMessage; watch.End is null && watch.Age < until; )
        {
            if (!await watch.HearsAsync(until - watch.Age, token) || watch.End is not null)
            {
                return;
            }

            if (Story.EventsOf(watch.Story.Messages[^1]).LastOrDefault() is { } last)
            {
                until = last.Id < target ? watch.Age + Limits.NextMessage : watch.Age;
            }
        }
    }

    private static void Judge(Watch watch, List<long> log, long target, TimeSpan held)
    {
        try
        {
            SeamJudge.JudgeAgainst(watch.Story, log);
        }
        catch (BreachException breach)
        {
            throw new BreachException($"It had read nothing for {Spoken.Time(held)} while the job ran. {breach.Message}");
        }

        var heard = watch.Story.Events.Select(e => e.Id).LastOrDefault();
        if (log.FirstOrDefault(id => id > heard && id <= target) is > 0 and var missing)
        {
            throw new BreachException(
                $"It had read nothing for {Spoken.Time(held)} while the job ran. On {Spoken.Request(watch.Request)} event {missing} is missing, which the log has: {(watch.End is { } end ? $"the stream ended with {end}" : "no more events came")}."
            );
        }
    }
}
