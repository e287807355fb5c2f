using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class HeldBackMemory()
    : Rule(
        "held-back-memory",
        "8.9",
        "What a watch that reads nothing doesn't take isn't kept for it in memory: the backend waits while flow control says so."
    )
{
    private const int Stuck = 20;

    // Runtimes keep garbage for a while: what twenty watches read until they are stuck is a few megabytes each. The whole of it is a gigabyte.
    private const long MuchMemory = 256L * 1024 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Instantly = TimeSpan.FromMilliseconds(1);

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var process =
            subject.Process
            ?? throw new NotApplicableException(
                "The backend's process isn't to be seen from here: --pid names it, where it is on this machine."
            );
        var big =
            await subject.Jobs.BigAsync(token)
            ?? throw new NotApplicableException(
                $"The backend doesn't know {subject.Options.BigJob}: --big-job names a job that has ended, with some 50 MB of events."
            );
        var before = process.Memory;
        var watches = Enumerable.Range(0, Stuck).Select(_ => subject.Watch(big, 0, token)).ToList();
        try
        {
            var growth = await GrowthAsync(subject, process, before, watches, token);
            await LargeEnoughAsync(watches[0], token);
            return Finding
                .Pass(
                    $"{Stuck} watches of {big} read nothing; process {process.Pid} grew by {growth >> 20} MB, {growth / Stuck >> 10} KiB each."
                )
                .With("grownMegabytes", growth / (1024.0 * 1024));
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    /// <summary>Watches it until it waits. Held back it does nothing; one that fills its memory is busy until it has all, or is out of memory.</summary>
    private static async Task<long> GrowthAsync(
        Subject subject,
        BackendProcess process,
        long before,
        List<Watch> watches,
        CancellationToken token
    )
    {
        var (job, startedAt) = (watches[0].Request.JobId, subject.Time.GetTimestamp());
        for (var growth = 0L; ; )
        {
            var cpu = process.Cpu;
            await Task.Delay(Glance, subject.Time, token);
            var isBusy = process.Cpu - cpu > Idle;
            var took = subject.Time.GetElapsedTime(startedAt);
            growth = Math.Max(growth, process.Memory - before);
            if (growth > MuchMemory)
            {
                throw new BreachException(
                    $"{Stuck} watches of {job} read nothing, and process {process.Pid} grew by {growth >> 20} MB in {Spoken.Time(took)}."
                );
            }

            // Who is too busy with filling a memory to answer isn't held back yet.
            var answered = await Task.WhenAll(
                watches.Select(watch => watch.Story.Messages.Count > 0 ? Task.FromResult(true) : watch.HearsAsync(Instantly, token))
            );
            if (watches.Select(watch => watch.End).FirstOrDefault(end => end is not null) is { } refused)
            {
                throw new BreachException($"Of {Stuck} watches of {job} one ended with {refused}.", refused);
            }

            // It may be busy with its jobs: who has answered all and has grown no further by then is held back as well.
            var isAnswered = answered.All(each => each);
            if (isAnswered && (!isBusy || took > Longest))
            {
                return growth;
            }

            if (took > Longest)
            {
                throw new BreachException(
                    $"Of {Stuck} watches of {job} {answered.Count(each => each)} were answered within {Spoken.Time(took)}."
                );
            }
        }
    }

    /// <summary>Together the watches must be able to hold more than the threshold, or the rule couldn't be broken.</summary>
    private static async Task LargeEnoughAsync(Watch watch, CancellationToken token)
    {
        for (var bytes = 0L; bytes < MuchMemory / Stuck; )
        {
            var message = await watch.NextAsync(Limits.NextMessage, token);
            bytes += message?.CalculateSize() ?? 0;
            if (message is null || watch.Story.HasWholeHistory)
            {
                throw new NotApplicableException(
                    $"{watch.Request.JobId} has {bytes >> 20} MB of events, too few to be seen in memory: --big-job names one with some 50 MB."
                );
            }
        }
    }
}
