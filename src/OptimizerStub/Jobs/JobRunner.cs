using OptimizationGateway.OptimizerStub.Optimization;

namespace OptimizationGateway.OptimizerStub.Jobs;

/// <summary>Runs a job from where it stands: mutate, evaluate, select, and again.</summary>
internal sealed partial class JobRunner(DatasetCatalog datasets, TimeProvider time, ILogger<JobRunner> logger)
{
    private const int StagesPerIteration = 3;

    /// <summary>Runs until the job ends or <paramref name="stop"/> is called; never throws.</summary>
    public async Task RunAsync(Job job, CancellationToken stop)
    {
        try
        {
            while (job.Current.State is JobState.Running && !await TryAsync(job, stop)) { }
        }
        catch (OperationCanceledException)
        {
            // Paused, cancelled or shut down: whoever stopped the run has said so in the log, or the next start will.
        }
    }

    private async Task<bool> TryAsync(Job job, CancellationToken stop)
    {
        try
        {
            var dataset = datasets[job.Current.DatasetId];
            string? reason;
            while ((reason = job.Current.DoneBecause()) is null)
            {
                await IterateAsync(job, dataset, stop);
            }

            return await job.TryChangeAsync((current, _) => current.Complete(reason, dataset), stop);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFault(job.Current.Id, job.Current.Iteration + 1, fault.Message);
            await job.TryChangeAsync((current, now) => current.Fail(fault, now), stop);
            return false;
        }
    }

    // All that an iteration draws comes from the seed and its number, so one that a crash cut short is repeated exactly.
    private async Task IterateAsync(Job job, Dataset dataset, CancellationToken stop)
    {
        var record = job.Current;
        var iteration = record.Iteration + 1;

        await EnterAsync(job, iteration, "mutate", stop);
        var best = record.Best ?? Candidate.Initial(dataset, record.Config.Seed);
        var candidate = Mutation.Of(best, dataset, new SeededRandom(record.Config.Seed, iteration));

        await EnterAsync(job, iteration, "evaluate", stop);
        dataset.ThrowIfFaulty(iteration);
        var bestScore = record.BestScore ?? record.Config.ScoreOf(best.Score(dataset));
        var score = record.Config.ScoreOf(candidate.Score(dataset));

        await EnterAsync(job, iteration, "select", stop);
        await job.TryChangeAsync((current, _) => current.Finish(iteration, candidate, score, best, bestScore), stop);
    }

    private async Task EnterAsync(Job job, int iteration, string stage, CancellationToken stop)
    {
        await job.TryChangeAsync((current, _) => current.EnterStage(iteration, stage), stop);
        var delay = TimeSpan.FromMilliseconds(job.Current.Config.IterationDelayMs) / StagesPerIteration;
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, time, stop);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{JobId} threw at iteration {Iteration}: {Error}")]
    private partial void LogFault(string jobId, int iteration, string error);
}
