namespace OptimizationGateway.Conformance;

/// <summary>The exit codes. Documented in docs/backends.md.</summary>
internal enum ExitCode
{
    AllPassed = 0,

    /// <summary>A rule is broken; with --strict also: couldn't be looked at.</summary>
    SomeFailed = 1,

    /// <summary>The command line makes no sense.</summary>
    BadOption = 2,

    /// <summary>Nothing can be said of the backend: it isn't there, or a command that was given fails.</summary>
    NotJudged = 3,
}
