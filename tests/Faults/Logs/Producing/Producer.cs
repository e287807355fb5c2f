namespace OptimizationGateway.Faults.Logs.Producing;

/// <summary>Makes a run of a producer.</summary>
/// <param name="job">The job.</param>
/// <param name="epoch">The number of the run.</param>
/// <param name="appends">The number of appends after which the job ends.</param>
internal delegate IProducerLife Birth(string job, long epoch, int appends);

/// <summary>A producer with all its runs: killed, begun again, and sometimes with a run that doesn't know that it was replaced.</summary>
/// <param name="jobs">The beginning of the names of its jobs, which it may share with another producer.</param>
/// <param name="birth">Makes its runs.</param>
/// <param name="random">Decides how long a run is.</param>
internal sealed class Producer(string jobs, Birth birth, Random random)
{
    private static readonly TimeSpan ZombieTime = TimeSpan.FromSeconds(2);

    private TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool leavesZombie;
    private volatile bool isOver;

    /// <summary>Ends the run of the moment, by a kill or by leaving it as a zombie; the next one begins.</summary>
    public void Replace(bool leavesZombie)
    {
        this.leavesZombie = leavesZombie;
        Volatile.Read(ref replaced).TrySetResult();
    }

    /// <summary>Runs job after job until it is told to finish; then it ends its job.</summary>
    public async Task RunAsync(CancellationToken finish)
    {
        var zombies = new List<Task>();
        for (var number = 0; !finish.IsCancellationRequested; number++)
        {
            var job = $"{jobs}-{number}";
            for (var (epoch, end) = (0L, LifeEnd.Killed); end != LifeEnd.JobEnded; epoch++)
            {
                end = await LiveAsync(birth(job, epoch, finish.IsCancellationRequested ? 1 : random.Next(20, 200)), zombies);
            }
        }

        isOver = true;
        await Task.WhenAll(zombies);
    }

    /// <returns>The end of the run, or that it was replaced.</returns>
    private async Task<LifeEnd> LiveAsync(IProducerLife run, List<Task> zombies)
    {
        var kill = new CancellationTokenSource();
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref replaced, next);
        var living = run.RunAsync(kill.Token);
        await Task.WhenAny(living, next.Task);
        if (living.IsCompleted)
        {
            return await living;
        }

        if (leavesZombie && !isOver)
        {
            zombies.RemoveAll(zombie => zombie.IsCompletedSuccessfully);
            zombies.Add(WanderAsync(living, kill));
            return LifeEnd.Killed;
        }

        await kill.CancelAsync();
        await living;
        kill.Dispose();
        return LifeEnd.Killed;
    }

    private static async Task WanderAsync(Task living, CancellationTokenSource kill)
    {
        using (kill)
        {
            kill.CancelAfter(ZombieTime);
            await living;
        }
    }
}
