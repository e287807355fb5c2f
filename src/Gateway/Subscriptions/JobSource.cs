using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Opens the watches of one connection's jobs, in its caller's name, and finds them seats in the jobs' feeds.</summary>
/// <param name="feeds">The feeds, which also create watches.</param>
/// <param name="caller">The headers that backends may get of the client.</param>
/// <param name="translation">The settings for the translation of events.</param>
internal sealed class JobSource(FeedSet feeds, CallerHeaders caller, TranslationOptions translation)
{
    /// <summary>The settings for the translation of events.</summary>
    public TranslationOptions Translation => translation;

    /// <summary>The feeds.</summary>
    public FeedSet Feeds => feeds;

    /// <summary>Describes the watch of the job that a message names.</summary>
    /// <param name="request">The message.</param>
    /// <param name="historyOnly">True if it asks for the history alone.</param>
    /// <param name="owner">The client.</param>
    /// <param name="timeline">The connection's timeline; null if none is kept.</param>
    public WatchStart StartOf(ClientMessage request, bool historyOnly, IStreamOwner owner, Timeline? timeline) =>
        new(request.JobId, request.AfterEventId, request.Epoch, historyOnly)
        {
            Client = owner,
            Trace = WatchTrace.ContextOf(request.TraceParent),
            Timeline = timeline,
            Caller = caller,
        };

    /// <summary>Reads a watch; once the token is cancelled it ends early. Without a watcher it has one step: the job isn't found.</summary>
    public static IAsyncEnumerable<WatchStep> ReadAsync(JobWatcher? watcher, CancellationToken stop) =>
        watcher?.WatchAsync(stop) ?? new WatchStep[] { new WatchStep.Ended(WatchEnd.NotFound) }.ToAsyncEnumerable();
}
