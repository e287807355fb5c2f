namespace OptimizationGateway.Hosting.Startup;

/// <summary>The paths of health checks, which orchestrators and load balancers are told.</summary>
public static class HealthPaths
{
    /// <summary>Answers 200 while the process is alive.</summary>
    public const string Live = "/health/live";

    /// <summary>Answers 200 while the program can serve, else 503.</summary>
    public const string Ready = "/health/ready";
}
