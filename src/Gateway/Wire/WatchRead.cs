namespace OptimizationGateway.Gateway.Wire;

/// <summary>What one read of a watch came to: a message, or the end of the stream. <see cref="WatchFault.EndedEarly"/> stands for any OK.</summary>
internal readonly record struct WatchRead(WatchMessage? Message, WatchFault? Fault);
