namespace OptimizationGateway.Gateway.Sessions;

internal static partial class SessionLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A connection ends with 1011: a fault of the gateway's own. Please report it.")]
    public static partial void Fault(ILogger logger, Exception fault);

    /// <summary>The one line of a connection's life.</summary>
    public static void Ended(ILogger logger, string connectionId, TimeSpan duration, SessionEnd ended, SessionTally tally)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            var line = new ConnectionEnded(connectionId, duration, ended, tally);
            logger.Log(LogLevel.Information, ConnectionEnded.Id, line, exception: null, static (line, _) => line.ToString());
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Closing connections with 1012, {Count} in all, in {Batches} batches; clients come back by themselves. A second signal ends at once."
    )]
    public static partial void Draining(ILogger logger, int count, int batches);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Memory is short: {Count} slow readers are sent away with 1013; {Bytes} of {Limit} bytes are held for clients. They resume and miss nothing. Gateway:Limits:MemoryBytes and the container's memory set the limit."
    )]
    public static partial void Shed(ILogger logger, int count, long bytes, long limit);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The shutdown timeout is over with {Count} connections left; they are reset. Gateway:Drain:Time sets it."
    )]
    public static partial void DrainGivenUp(ILogger logger, int count);
}
