using System.Globalization;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>Times, counts and messages in words, for people.</summary>
internal static class Spoken
{
    public static string Time(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMilliseconds):0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    public static string Count(long count, string one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{count:#,##0} {one}{(count == 1 ? "" : one.EndsWith("ch", StringComparison.Ordinal) ? "es" : "s")}"
        );

    public static string Message(WatchJobResponse message) =>
        message.MessageCase switch
        {
            WatchJobResponse.MessageOneofCase.Subscribed => "`subscribed`",
            WatchJobResponse.MessageOneofCase.Replay => $"a `replay` with {Count(message.Replay.Events.Count, "event")}",
            WatchJobResponse.MessageOneofCase.Event => $"event {message.Event.Id}",
            WatchJobResponse.MessageOneofCase.Heartbeat => "a heartbeat",
            _ => "a message that is none of the four",
        };

    /// <summary>The request of a watch.</summary>
    public static string Request(WatchJobRequest request)
    {
        var words = request.HasAfterEventId
            ? $"the watch of {request.JobId} after {request.AfterEventId}"
            : $"the live-only watch of {request.JobId}";
        return $"{words}{(request.HistoryOnly ? ", history only" : "")}{(request.Epoch.Length > 0 ? $", epoch '{request.Epoch}'" : "")}";
    }
}
