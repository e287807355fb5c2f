using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>A unit of systemd.</summary>
/// <param name="path">The file, below deploy/.</param>
internal sealed class DeployedUnit(string path)
{
    private readonly string[] lines = File.ReadAllLines(RepositoryRoot.Combine("deploy", path));

    /// <summary>The variables that it sets, by name.</summary>
    public Dictionary<string, string> Environment =>
        All("Environment").Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>The value of a setting that it has once.</summary>
    public string this[string setting] => All(setting).Single();

    private IEnumerable<string> All(string setting) =>
        lines.Where(line => line.StartsWith($"{setting}=", StringComparison.Ordinal)).Select(line => line[(setting.Length + 1)..]);
}
