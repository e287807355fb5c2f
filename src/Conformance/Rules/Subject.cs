using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>The subject of the rules: the backend, its jobs, and its process if it is known.</summary>
internal sealed class Subject(KitOptions options, Backend backend, JobSource jobs, BackendProcess? process, TimeProvider time)
{
    public KitOptions Options => options;

    public JobSource Jobs => jobs;

    public BackendProcess? Process => process;

    public TimeProvider Time => time;

    /// <summary>Calls of JobsService.</summary>
    public JobListing List => backend.List;

    /// <summary>The breaches that any watch has shown so far.</summary>
    public Overheard Overheard => backend.Overheard;

    /// <summary>A watch on a connection that it shares with others; dispose of it.</summary>
    /// <param name="job">The job to watch.</param>
    /// <param name="after">The cursor; null: live only.</param>
    /// <param name="token">Cancels it.</param>
    public Watch Watch(string job, long? after, CancellationToken token) => backend.Open(Request(job, after), token);

    public Watch Watch(WatchJobRequest request, CancellationToken token) => backend.Open(request, token);

    /// <summary>One HTTP/2 connection of its own; dispose of it.</summary>
    public Connection Connect() => backend.Connect();

    /// <summary>One on which little is sent to who reads nothing; dispose of it.</summary>
    public Connection ConnectNarrow() => backend.ConnectNarrow();

    /// <summary>Reads a job's history. It asks for no more than it needs, so that other rules that are broken don't matter.</summary>
    public async Task<Story> HistoryAsync(string job, long after, CancellationToken token)
    {
        using var watch = Watch(Request(job, after), token);
        var story = await watch.ToEndOfHistoryAsync(Limits.NextMessage, token);
        return story.End is { IsOk: false } end
            ? throw new BreachException($"{Spoken.Request(story.Request)} ended with {end}.", end)
            : story;
    }

    public static WatchJobRequest Request(string job, long? after, bool historyOnly = false, string epoch = "")
    {
        var request = new WatchJobRequest
        {
            JobId = job,
            HistoryOnly = historyOnly,
            Epoch = epoch,
        };
        if (after is { } cursor)
        {
            request.AfterEventId = cursor;
        }

        return request;
    }
}
