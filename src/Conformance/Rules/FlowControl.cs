using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class FlowControl()
    : Rule(
        "flow-control",
        "8.9",
        "A watch that reads nothing is held back and slows no other, also on its connection; when it reads again everything is there, in order."
    )
{
    private const int Stuck = 8;
    private const int Replays = 10;

    // With less, all of it fits into what both sides take in without reading.
    private const int FewestBytes = 256 * 1024;

    private static readonly TimeSpan AShortWhile = TimeSpan.FromSeconds(1);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var load =
            await subject.Jobs.LoadAsync(token)
            ?? throw new NotApplicableException(
                $"The backend doesn't know {subject.Options.LoadJob}: --load-job names a job that has ended, with 10,000 events."
            );
        var finished = await subject.Jobs.FinishedAsync(token);
        var log = (await subject.HistoryAsync(load, 0, token)).Events.ToList();
        var bytes = log.Sum(e => e.CalculateSize());
        if (bytes < FewestBytes)
        {
            throw new NotApplicableException(
                $"{load} has {bytes >> 10} KiB in {Spoken.Count(log.Count, "event")}, and a reader is stuck in no less than {FewestBytes >> 10} KiB: --load-job names one with more, or larger ones."
            );
        }

        using var connection = subject.ConnectNarrow();
        var stuck = Enumerable.Range(0, Stuck).Select(_ => connection.Open(Subject.Request(load, 0), token)).ToList();
        try
        {
            var slowest = await BesideAsync(async () =>
            {
                foreach (var unanswered in await Crowd.UnansweredAsync(stuck, subject.Options.FirstMessage, token))
                {
                    throw unanswered.Silence(subject.Options.FirstMessage);
                }

                await Task.Delay(AShortWhile, subject.Time, token);
                return await NeighboursAsync(connection, finished, token);
            });
            await Task.WhenAll(stuck.Select(watch => ResumeAsync(watch, log.ConvertAll(e => e.Id), token)));
            var running = subject.Jobs.CanStart
                ? await new StuckOnARunningJob(subject, token).CheckAsync()
                : " A reader that is stuck while a job writes wasn't looked at: --start-job.";
            return Finding.Pass(
                $"{Stuck} watches of {load} read nothing for {Spoken.Time(AShortWhile)}; {Replays} others on their connection took at most {Spoken.Time(slowest)}; then the {Stuck} read all of it.{running}"
            );
        }
        finally
        {
            stuck.ForEach(watch => watch.Dispose());
        }
    }

    private static async Task<TimeSpan> BesideAsync(Func<Task<TimeSpan>> watches)
    {
        try
        {
            return await watches();
        }
        catch (BreachException breach)
        {
            throw new BreachException($"Beside watches that read nothing: {breach.Message}", breach.Refusal);
        }
    }

    private static async Task<TimeSpan> NeighboursAsync(Connection connection, string job, CancellationToken token)
    {
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < Replays; i++)
        {
            using var watch = connection.Open(Subject.Request(job, 0), token);
            await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
            slowest = watch.Age > slowest ? watch.Age : slowest;
        }

        return slowest;
    }

    private static async Task ResumeAsync(Watch watch, List<long> log, CancellationToken token)
    {
        await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
        var heard = watch.Story.Events.Select(e => e.Id).ToList();
        if (!heard.SequenceEqual(log))
        {
            var missing = log.Except(heard).ToList();
            throw new BreachException(
                $"A watch that had read nothing for {Spoken.Time(AShortWhile)} then got {Spoken.Count(heard.Count, "event")} of {log.Count}"
                    + (
                        missing.Count > 0
                            ? $": {missing[0]} is missing{(watch.End is { } end ? $", and the stream ended with {end}" : "")}."
                            : ", in another order or twice."
                    )
            );
        }
    }
}
