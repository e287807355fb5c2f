using System.Text.Json;

namespace OptimizationGateway.Faults.Checker;

/// <summary>The logs of all jobs.</summary>
internal sealed class BackendLogs
{
    private readonly Dictionary<(string Job, string Epoch), BackendLog> logs = [];

    public BackendLogs(IEnumerable<BackendLog> known)
    {
        foreach (var log in known)
        {
            logs[(log.Job, log.Epoch)] = log;
        }
    }

    public IEnumerable<BackendLog> All => logs.Values;

    public static BackendLogs Read(string path) => new(File.ReadLines(path).Select(line => JsonSerializer.Deserialize<BackendLog>(line)!));

    /// <summary>The only log that a job ever had; null where it was begun anew, or is not known.</summary>
    public BackendLog? WholeOf(string job)
    {
        var all = logs.Values.Where(log => log.Job == job).Take(2).ToList();
        return all is [{ IsWhole: true } only] ? only : null;
    }

    /// <summary>A job's log under an epoch. One that was deleted before anybody looked is learnt from the clients.</summary>
    public BackendLog Of(string job, string epoch)
    {
        if (!logs.TryGetValue((job, epoch), out var log))
        {
            logs[(job, epoch)] = log = new BackendLog
            {
                Job = job,
                Epoch = epoch,
                Sums = [],
            };
        }

        return log;
    }

    /// <summary>The job whose event this is, if it isn't this job's.</summary>
    public string? OwnerOf(long id, uint sum, string exceptJob) =>
        logs.Values.FirstOrDefault(log => log.Job != exceptJob && Contains(log, id, sum))?.Job;

    /// <summary>The epoch of the job whose event this is, if it isn't this epoch's.</summary>
    public string? EpochOf(long id, uint sum, string job, string exceptEpoch) =>
        logs.Values.FirstOrDefault(log => log.Job == job && log.Epoch != exceptEpoch && Contains(log, id, sum))?.Epoch;

    private static bool Contains(BackendLog log, long id, uint sum) =>
        id >= log.First && id <= log.Latest && log.Sums[id - log.First] == sum;
}
