namespace OptimizationGateway.Contract.Tests.Golden;

/// <summary>Derived goldens are written anew on request, for a person to review, and never in CI.</summary>
internal static class GoldenUpdate
{
    public const string Command = "UPDATE_GOLDEN=1 dotnet test --project tests/Contract.Tests";

    public static bool Requested { get; } = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1" && !Ci.Running;
}
