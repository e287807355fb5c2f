namespace OptimizationGateway.Faults.Nemesis;

/// <summary>The kinds in groups, and their names as people read them.</summary>
internal static class FaultKinds
{
    public static IReadOnlyList<FaultKind> Network { get; } =
    [
        FaultKind.Cut,
        FaultKind.Reset,
        FaultKind.Delay,
        FaultKind.Throttle,
        FaultKind.BlackHole,
        FaultKind.BlackHoleOneWay,
        FaultKind.PauseReads,
        FaultKind.ResetAfterBytes,
    ];

    /// <summary>Those of which a run needs its share.</summary>
    public static IReadOnlyList<FaultKind> Required { get; } = [FaultKind.KillGateway, FaultKind.KillBackend, .. Network];

    public static string Name(this FaultKind kind) =>
        kind switch
        {
            FaultKind.BlackHole => "black hole",
            FaultKind.BlackHoleOneWay => "one-way black hole",
            FaultKind.PauseReads => "paused reads",
            FaultKind.ResetAfterBytes => "reset after n bytes",
            FaultKind.KillGateway => "kill -9 gateway",
            FaultKind.KillBackend => "kill -9 backend",
            FaultKind.TerminateGateway => "SIGTERM gateway",
            FaultKind.TerminateBackend => "SIGTERM backend",
            FaultKind.FreezeGateway => "SIGSTOP gateway",
            FaultKind.FreezeBackend => "SIGSTOP backend",
            FaultKind.RollingRestart => "rolling restart",
            FaultKind.NewLog => "new log",
            FaultKind.Cut or FaultKind.Reset or FaultKind.Delay or FaultKind.Throttle or FaultKind.Hop => $"{kind}".ToLowerInvariant(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A fault without a name."),
        };
}
