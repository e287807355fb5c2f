using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>What the numbers of all of a connection's subscriptions say together.</summary>
internal sealed class ConnectionReading(Session session)
{
    public Session Session => session;

    /// <summary>The worst; null where there is none.</summary>
    public Condition? Condition { get; private set; }

    public long? LagEvents { get; private set; }

    public double? LagSeconds { get; private set; }

    public void Take(in Reading reading)
    {
        Condition = Condition is { } worst && worst > reading.Condition ? worst : reading.Condition;
        LagEvents = reading.LagEvents > (LagEvents ?? -1) ? reading.LagEvents : LagEvents;
        LagSeconds = reading.LagSeconds > (LagSeconds ?? -1) ? reading.LagSeconds : LagSeconds;
    }

    public long ValueOf(ConnectionSort sort) =>
        sort switch
        {
            ConnectionSort.Lag => LagEvents ?? 0,
            ConnectionSort.Waiting => Reading.Milliseconds(LagSeconds),
            ConnectionSort.Queued => session.QueuedBytes,
            ConnectionSort.Sent => session.Tally.EventsSent,
            ConnectionSort.Worst => Reading.BadnessOf(Condition, LagSeconds),
            _ => session.Since.UtcTicks,
        };
}
