using System.Runtime.InteropServices;

namespace OptimizationGateway.Gateway.Feeds;

/// <summary>A feed as it is at one moment.</summary>
/// <param name="Viewers">The number of viewers that have a seat.</param>
/// <param name="Floor">The id of the event before the oldest one that is held.</param>
/// <param name="Head">The id of the newest event.</param>
/// <param name="Bytes">The memory of the events that are held, in bytes.</param>
/// <param name="SlowestBytes">The bytes that the slowest viewer still has to be sent.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FeedView(int Viewers, long Floor, long Head, long Bytes, long SlowestBytes);
