using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>A watch as it is at one moment.</summary>
/// <param name="Streams">The history of its streams.</param>
/// <param name="Cursor">The id of the last event that it told; before the first, the position at which it started. Null: live only, not known yet.</param>
/// <param name="Head">The newest id that its backend has told of; null until it has said something.</param>
/// <param name="Epoch">The log's epoch as far as it is known; else empty.</param>
/// <param name="IsConfirmed">True if the backend has confirmed the present stream.</param>
/// <param name="IsQueued">True if it waits for the backend's turn to open a stream.</param>
/// <param name="OutageAge">The age of the outage that it is in; null if it is in none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WatchView(
    StreamStatistics Streams,
    long? Cursor,
    long? Head,
    string Epoch,
    bool IsConfirmed,
    bool IsQueued,
    TimeSpan? OutageAge
);
