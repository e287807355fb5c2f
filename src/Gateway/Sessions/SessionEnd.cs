using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>Why a connection ended.</summary>
internal enum SessionEndReason
{
    /// <summary>The client closed.</summary>
    ClientClosed,

    /// <summary>The client broke a rule; the close code says which.</summary>
    ClientBrokeRule,

    /// <summary>It never began: the caller's token was refused, and only a close frame can tell it so.</summary>
    Refused,

    /// <summary>The caller's token has expired.</summary>
    Expired,

    /// <summary>The connection is gone without a word.</summary>
    Lost,

    /// <summary>The client took nothing for too long.</summary>
    Stuck,

    /// <summary>The gateway shuts down.</summary>
    Draining,

    /// <summary>A fault of ours.</summary>
    Fault,

    /// <summary>An operator closed it.</summary>
    ClosedByOperator,
}

/// <summary>Hears of every session that has ended.</summary>
internal delegate void SessionEndHandler(Session session, SessionEnd end);

/// <param name="Reason">Which of them.</param>
/// <param name="CloseCode">What to close with; null where nothing can be sent any more.</param>
internal sealed record SessionEnd(SessionEndReason Reason, CloseCode? CloseCode)
{
    public static readonly SessionEnd ClientClosed = new(SessionEndReason.ClientClosed, CloseCode.Normal);
    public static readonly SessionEnd Lost = new(SessionEndReason.Lost, null);
    public static readonly SessionEnd Stuck = new(SessionEndReason.Stuck, null);
    public static readonly SessionEnd Expired = new(SessionEndReason.Expired, CloseCode.TokenExpired);
    public static readonly SessionEnd Draining = new(SessionEndReason.Draining, CloseCode.ServiceRestart);
    public static readonly SessionEnd Fault = new(SessionEndReason.Fault, CloseCode.InternalError);

    /// <summary>Whether what waits is sent before the farewell: to a client that was told to come back by no fault of its own.</summary>
    public bool SendsWhatWaits => CloseCode?.Status == CloseCode.ServiceRestart.Status;

    /// <param name="comeBack">Whether the client is to connect again.</param>
    public static SessionEnd ClosedByOperator(bool comeBack) =>
        new(SessionEndReason.ClosedByOperator, comeBack ? CloseCode.Reconnect : CloseCode.ClosedForGood);

    public static SessionEnd Refused(CloseCode code) => new(SessionEndReason.Refused, code);

    public static SessionEnd BrokeRule(CloseCode code) => new(SessionEndReason.ClientBrokeRule, code);
}
