using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>A viewer's request for a seat.</summary>
/// <param name="Cursor">The id of the last event that it has; null for live events only.</param>
/// <param name="Epoch">The epoch that the cursor belongs to; empty if it isn't known.</param>
/// <param name="IsOpen">True if the viewer was told <c>subscribed</c> and has its history: a watch of its own has caught up.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeatRequest(long? Cursor, string Epoch, bool IsOpen)
{
    /// <summary>The time at which it is made, as the clock's timestamp.</summary>
    public long At { get; init; }
}
