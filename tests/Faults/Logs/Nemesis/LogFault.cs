namespace OptimizationGateway.Faults.Logs.Nemesis;

/// <summary>A fault of make log-chaos.</summary>
internal enum LogFault
{
    /// <summary>kill -9 of the primary, and promotion of the standby that has most.</summary>
    KillPrimary,

    /// <summary>The standbys are cut off from the primary for a second, it is killed, and the better standby is promoted.</summary>
    CutThenKillPrimary,

    /// <summary>One standby is cut off for a second; then the primary and the other one are gone, and the stale one is promoted.</summary>
    PromoteStale,

    /// <summary>kill -9 of the primary, which is started again.</summary>
    RestartPrimary,

    /// <summary>The primary's disk is full for a while; if the server ends by that, it is started again when there is room.</summary>
    FillDisk,

    /// <summary>kill -9 of a standby, which is started again.</summary>
    KillStandby,

    /// <summary>Commits that wait for a standby are cancelled while it is cut off: they are visible, and not safe.</summary>
    CancelWaits,

    /// <summary>kill -9 of a log server.</summary>
    KillLogServer,

    /// <summary>SIGTERM to a log server.</summary>
    TerminateLogServer,

    /// <summary>SIGSTOP of a log server for some seconds.</summary>
    FreezeLogServer,

    /// <summary>kill -9 of a gateway.</summary>
    KillGateway,

    /// <summary>A producer is killed, and its next run begins.</summary>
    KillProducer,

    /// <summary>A producer's next run begins, and the one before goes on.</summary>
    LeaveZombie,
}
