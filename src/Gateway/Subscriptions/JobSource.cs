using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Opens the watches of one connection's jobs, in its caller's name.</summary>
/// <param name="watches">Creates the watches.</param>
/// <param name="caller">The headers that backends may get of the client.</param>
/// <param name="translation">The settings for the translation of events.</param>
internal sealed class JobSource(WatchFactory watches, CallerHeaders caller, TranslationOptions translation)
{
    /// <summary>The settings for the translation of events.</summary>
    public TranslationOptions Translation => translation;

    /// <summary>Creates the watcher of the job that a message names.</summary>
    /// <param name="request">The message.</param>
    /// <param name="historyOnly">True if it asks for the history alone.</param>
    /// <param name="timeline">The connection's timeline; null if none is kept.</param>
    /// <returns>Null if no backend has the job.</returns>
    public JobWatcher? Watch(ClientMessage request, bool historyOnly, Timeline? timeline) =>
        watches.Create(
            new WatchStart(request.JobId, request.AfterEventId, request.Epoch, historyOnly)
            {
                Trace = WatchTrace.ContextOf(request.TraceParent),
                Timeline = timeline,
                Caller = caller,
            }
        );

    /// <summary>Reads a watch. Without a watcher it has one step: the job isn't found.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IAsyncEnumerable<WatchStep> ReadAsync(JobWatcher? watcher, CancellationToken stop) =>
        watcher?.WatchAsync(stop) ?? new WatchStep[] { new WatchStep.Ended(WatchEnd.NotFound) }.ToAsyncEnumerable();
}
