namespace OptimizationGateway.Gateway.Sessions;

internal static partial class SessionLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A connection ends with 1011: a fault of the gateway's own. Please report it.")]
    public static partial void Fault(ILogger logger, Exception fault);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Connection {ConnectionId} ended after {Duration}: {Reason}, close code {CloseCode}; {Received} messages received, {Sent} sent with {Events} events in {Bytes} bytes."
    )]
    private static partial void Ended(
        ILogger logger,
        string connectionId,
        TimeSpan duration,
        SessionEndReason reason,
        object closeCode,
        long received,
        long sent,
        long events,
        long bytes
    );

    /// <summary>The one line of a connection's life. The close code is a number, or <c>none</c> if no close frame was sent.</summary>
    public static void Ended(ILogger logger, string connectionId, TimeSpan duration, SessionEnd ended, SessionTally tally) =>
        Ended(
            logger,
            connectionId,
            duration,
            ended.Reason,
            ended.CloseCode is { } code ? code.Status : "none",
            tally.MessagesReceived,
            tally.MessagesSent,
            tally.EventsSent,
            tally.BytesSent
        );

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Closing connections with 1012, {Count} in all, in {Batches} batches; clients come back by themselves. A second signal ends at once."
    )]
    public static partial void Draining(ILogger logger, int count, int batches);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The shutdown timeout is over with {Count} connections left; they are reset. Gateway:Drain:Time sets it."
    )]
    public static partial void DrainGivenUp(ILogger logger, int count);
}
