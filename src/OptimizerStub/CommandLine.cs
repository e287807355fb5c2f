using System.Reflection;
using System.Text;

namespace OptimizationGateway.OptimizerStub;

/// <summary>The program's texts for people.</summary>
internal static class CommandLine
{
    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static string Help()
    {
        var help = new StringBuilder();
        help.AppendLine("A small optimizer of prompts: jobs over JSON, their events over gRPC (WatchJob).");
        help.AppendLine();
        help.AppendLine("Usage: OptimizationGateway.OptimizerStub [--help] [--version] [--Stub:<setting>=<value> ...]");
        help.AppendLine();
        help.AppendLine("Settings, also as environment variables (Stub__GrpcUrl=...) or in appsettings.json:");
        foreach (var setting in StubSetting.All)
        {
            help.AppendLine();
            help.Append("  Stub:").Append(setting.Name).Append("  (default: ").Append(setting.Default).AppendLine(")");
            help.Append("      ").Append(setting.Meaning).Append("; ").AppendLine(setting.Allowed);
        }

        return help.ToString();
    }

    public static string Started(StubAddresses addresses)
    {
        const string job = """{"promptId":"prompt-1","datasetId":"support","config":{"maxIterations":40,"iterationDelayMs":500}}""";
        return $"""
            Optimizer stub {Version}
              jobs over JSON:    {addresses.HttpUrl}/jobs
              events over gRPC:  {addresses.GrpcUrl}  (optimization.v1.OptimizerService/WatchJob)

            Start a job:
              curl -s {addresses.HttpUrl}/jobs -H 'Content-Type: application/json' -d '{job}'
            Stop with Ctrl+C; what ran goes on at the next start.

            """;
    }
}
