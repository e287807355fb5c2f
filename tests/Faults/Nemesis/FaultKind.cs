namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What can be done to the system.</summary>
internal enum FaultKind
{
    // To a network, on either side of the gateway.
    Cut,
    Reset,
    Delay,
    Throttle,
    BlackHole,
    BlackHoleOneWay,
    PauseReads,
    ResetAfterBytes,

    // To a program.
    KillGateway,
    KillBackend,
    TerminateGateway,
    TerminateBackend,
    FreezeGateway,
    FreezeBackend,
    RollingRestart,

    // To a client or a log.
    Hop,
    NewLog,
}
