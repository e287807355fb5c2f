using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>The reason a connection ended.</summary>
internal enum SessionEndReason
{
    /// <summary>The client closed it.</summary>
    ClientClosed,

    /// <summary>An HTTP request was answered in full.</summary>
    Answered,

    /// <summary>The client broke a rule; the close code says which.</summary>
    ClientBrokeRule,

    /// <summary>The caller's token was refused after the upgrade, where only a close frame can say so.</summary>
    Refused,

    /// <summary>The caller's token has expired.</summary>
    Expired,

    /// <summary>The connection was lost without a close frame.</summary>
    Lost,

    /// <summary>The client took nothing for too long.</summary>
    Stuck,

    /// <summary>The gateway shuts down.</summary>
    Draining,

    /// <summary>A fault of ours.</summary>
    Fault,

    /// <summary>An operator closed it.</summary>
    ClosedByOperator,

    /// <summary>The gateway is short of memory, and much of it waits for this client.</summary>
    Shed,

    /// <summary>It had reached the age that connections may have.</summary>
    Aged,
}

/// <summary>Called for every session that has ended.</summary>
internal delegate void SessionEndHandler(Session session, SessionEnd end);

/// <param name="Reason">The reason.</param>
/// <param name="CloseCode">The close code; null if nothing can be sent any more.</param>
internal sealed record SessionEnd(SessionEndReason Reason, CloseCode? CloseCode)
{
    public static readonly SessionEnd ClientClosed = new(SessionEndReason.ClientClosed, CloseCode.Normal);
    public static readonly SessionEnd Answered = new(SessionEndReason.Answered, CloseCode.Normal);
    public static readonly SessionEnd Lost = new(SessionEndReason.Lost, null);
    public static readonly SessionEnd Stuck = new(SessionEndReason.Stuck, null);
    public static readonly SessionEnd Expired = new(SessionEndReason.Expired, CloseCode.TokenExpired);
    public static readonly SessionEnd Draining = new(SessionEndReason.Draining, CloseCode.ServiceRestart);
    public static readonly SessionEnd Shed = new(SessionEndReason.Shed, CloseCode.MemoryLow);
    public static readonly SessionEnd Aged = new(SessionEndReason.Aged, CloseCode.Aged);
    public static readonly SessionEnd Fault = new(SessionEndReason.Fault, CloseCode.InternalError);

    /// <summary>
    /// True if queued messages are sent before the close frame: to a client that is asked to reconnect by no fault of its own.
    /// </summary>
    public bool FlushesFirst => CloseCode?.Status == CloseCode.ServiceRestart.Status;

    /// <param name="comeBack">True if the client is asked to reconnect.</param>
    public static SessionEnd ClosedByOperator(bool comeBack) =>
        new(SessionEndReason.ClosedByOperator, comeBack ? CloseCode.Reconnect : CloseCode.ClosedForGood);

    public static SessionEnd Refused(CloseCode code) => new(SessionEndReason.Refused, code);

    public static SessionEnd BrokeRule(CloseCode code) => code == CloseCode.MemoryLow ? Shed : new(SessionEndReason.ClientBrokeRule, code);
}
