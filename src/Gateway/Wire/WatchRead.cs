namespace OptimizationGateway.Gateway.Wire;

/// <summary>The outcome of one read of a stream: a message, or the end of the stream, or nothing in the time there was.</summary>
/// <param name="Message">The message.</param>
/// <param name="Fault">The end. <see cref="WatchFault.EndedEarly"/> stands for any OK.</param>
internal readonly record struct WatchRead(WatchMessage? Message, WatchFault? Fault)
{
    /// <summary>Nothing came in time.</summary>
    public static readonly WatchRead Nothing;
}
