using System.Reflection;

namespace OptimizationGateway.Hosting.Telemetry;

/// <summary>The version of this build, and the commit that it was made of.</summary>
public static class BuildVersion
{
    private static readonly Assembly Program = typeof(BuildVersion).Assembly;

    /// <summary>The version, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } = Program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The commit's full hash; <c>unknown</c> if the build had no repository.</summary>
    public static string Commit { get; } =
        Program.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "Commit")?.Value is { Length: > 0 } hash
            ? hash
            : "unknown";

    /// <summary>Both for people, the hash in short.</summary>
    public static string Text { get; } = $"{Version} ({Commit[..Math.Min(7, Commit.Length)]})";
}
