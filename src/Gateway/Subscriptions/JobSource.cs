using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Telemetry;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Watching;

namespace OptimizationGateway.Gateway.Subscriptions;

/// <summary>Where one connection's jobs come from: the backends, asked in its caller's name, and how their events are shown.</summary>
/// <param name="watches">Creates the watches.</param>
/// <param name="caller">What backends may get of the client.</param>
/// <param name="translation">What is shown of an event.</param>
internal sealed class JobSource(WatchFactory watches, CallerHeaders caller, TranslationOptions translation)
{
    /// <summary>What is shown of an event.</summary>
    public TranslationOptions Translation => translation;

    /// <param name="request">The message.</param>
    /// <param name="historyOnly">Whether it asks for the history alone.</param>
    /// <param name="timeline">Is told what happens to the watch; null where nobody asks.</param>
    /// <returns>The watcher of the job that a message names; null where no backend has it.</returns>
    public JobWatcher? Watch(ClientMessage request, bool historyOnly, Timeline? timeline) =>
        watches.Create(
            new WatchStart(request.JobId, request.AfterEventId, request.Epoch, historyOnly)
            {
                Trace = WatchTrace.ContextOf(request.TraceParent),
                Timeline = timeline,
                Caller = caller,
            }
        );
}
