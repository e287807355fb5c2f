using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Watching;

/// <summary>A watch as it is at one moment.</summary>
/// <param name="Standing">What its streams went through.</param>
/// <param name="Cursor">The id of the last event it told; before the first, where it started. Null: from now on, and now isn't known yet.</param>
/// <param name="Head">The newest id that its backend has told of; null until it has said something.</param>
/// <param name="Epoch">The log's epoch, as far as it is known; else empty.</param>
/// <param name="IsConfirmed">Whether the backend has confirmed the present stream.</param>
/// <param name="OutageSince">When the outage began that it is in, by the clock's timestamp; null where it is in none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WatchView(
    WatchStanding Standing,
    long? Cursor,
    long? Head,
    string Epoch,
    bool IsConfirmed,
    long? OutageSince
);
