using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using OptimizationGateway.Hosting.Configuration;
using Folder = string;

namespace OptimizationGateway.Hosting.Tests;

/// <summary>Holds the rules of docs/architecture.md about src/Hosting, by the compiled assembly.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "OptimizationGateway.Hosting.";

    /// <summary>The folders, each with the folders that it may use.</summary>
    private static readonly Dictionary<Folder, Folder[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Configuration"] = ["Text"],
        ["Requests"] = [],
        ["Startup"] = ["Configuration", "Text"],
        ["Telemetry"] = [],
        ["Text"] = [],
        ["Tokens"] = ["Configuration"],
    };

    private static readonly Architecture Hosting = new ArchLoader().LoadAssemblies(typeof(SettingTree).Assembly).Build();

    [Fact]
    public void Each_folder_uses_what_it_may_and_nothing_else() =>
        Assert.Equal(
            MayUse.SelectMany(rule => rule.Value, (rule, to) => $"{rule.Key} uses {to}").Order(StringComparer.Ordinal),
            Hosting
                .Types.SelectMany(type => type.Dependencies, (type, use) => (From: FolderOf(type), To: FolderOf(use.Target)))
                .Where(use => use is { From: not null, To: not null } && use.From != use.To)
                .Select(use => $"{use.From} uses {use.To}")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Each_folder_has_a_rule() =>
        Assert.Equal(
            MayUse.Keys.Order(StringComparer.Ordinal),
            Hosting.Types.Select(FolderOf).OfType<Folder>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void It_uses_no_other_project() =>
        Assert.DoesNotContain(
            typeof(SettingTree).Assembly.GetReferencedAssemblies(),
            used => used.Name!.StartsWith("OptimizationGateway.", StringComparison.Ordinal)
        );

    private static Folder? FolderOf(IType type) =>
        type.Namespace?.FullName is { } space && space.StartsWith(Root, StringComparison.Ordinal)
            ? space[Root.Length..].Split('.')[0]
            : null;
}
