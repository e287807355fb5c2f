using System.Text.RegularExpressions;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Settings;

/// <summary>Wherever a document or a message names a setting, there is one of that name.</summary>
public sealed partial class MentionTests
{
    private static readonly string[][] Known =
    [
        .. SettingTree.Of(GatewayOptions.Section, typeof(GatewayOptions)).Select(setting => setting.Path.Split(':')),
    ];

    private static readonly string[] Folders = ["docs", "deploy", "examples", "src", "clients"];

    [Fact]
    public void Every_setting_that_is_named_anywhere_exists()
    {
        var files = Directory
            .EnumerateFiles(RepositoryRoot.Path, "*.md")
            .Concat(
                Folders.SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.Combine(folder), "*.*", SearchOption.AllDirectories))
            )
            .Where(IsWritten);
        var mentions = files
            .SelectMany(file => Mention().Matches(File.ReadAllText(file)).Select(match => (File: file, Path: match.Value)))
            .Distinct()
            .ToList();

        Assert.InRange(mentions.Count, 50, int.MaxValue);
        Assert.All(
            mentions,
            mention =>
                Assert.True(
                    Exists(mention.Path.Replace("__", ":", StringComparison.Ordinal).Split(':')),
                    $"{mention.File} names {mention.Path}, which is no setting."
                )
        );
    }

    private static bool IsWritten(string file) =>
        file.Split(Path.DirectorySeparatorChar)
            .All(part => part is not ("bin" or "obj" or "node_modules" or "dist" or "generated" or "wwwroot"))
        && Path.GetExtension(file) is ".md" or ".cs" or ".yml" or ".yaml" or ".conf" or ".cfg" or ".json" or ".service" or ".sh";

    /// <summary>A part of the tree, or all the way to a setting; an operator's own names are whatever they are.</summary>
    private static bool Exists(string[] path) =>
        Known.Any(known =>
            path.Length <= known.Length
            && path.Zip(known).All(pair => pair.Second.StartsWith('<') || string.Equals(pair.First, pair.Second, StringComparison.Ordinal))
        );

    [GeneratedRegex(
        @"(?<![\w:])Gateway(:|__)[A-Za-z][A-Za-z0-9]*((:|__)(<\w+>|\{\w+\}|[A-Za-z][A-Za-z0-9-]*))*",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Mention();
}
