using OptimizationGateway.Release;
using OptimizationGateway.Release.Rules;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Releases;

/// <summary>A copy of the files that a release consists of, made releasable, which a test may spoil.</summary>
internal sealed class ReleaseCopy : IDisposable
{
    private static readonly string[] Copied =
    [
        Sources.VersionFile,
        "LICENSE",
        "buf.yaml",
        "package.json",
        "package-lock.json",
        "bench/clients/package.json",
        "clients/console/package.json",
        "clients/typescript/LICENSE",
        "clients/typescript/README.md",
        "clients/typescript/package.json",
        "examples/backends/node/package.json",
        "examples/react/package.json",
        "examples/vue/package.json",
        "src/Conformance/README.md",
        "src/JobLogs/README.md",
    ];

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("release-copy-");

    public ReleaseCopy(Artifacts artifacts)
    {
        Artifacts = artifacts;
        var real = new Sources(RepositoryRoot.Path);
        foreach (var file in (string[])[.. Copied, .. real.Under("deploy", "*.yaml"), .. real.Under("protos", "*.proto")])
        {
            Write(file, File.ReadAllText(real.PathOf(file)));
        }

        Write("CHANGELOG.md", $"# Changelog\n\n## [Unreleased]\n\n## [{Version}] - 2026-01-31\n\n### Added\n\n- Everything.\n");
        Directory.CreateDirectory(Sources.PathOf("protos/baselines"));
    }

    public Sources Sources => new(directory.FullName);

    public string Version => Sources.Version;

    /// <summary>What is packed; of the real repository, until a test spoils it.</summary>
    public Artifacts Artifacts { get; set; }

    private static string Buf => RepositoryRoot.Combine("node_modules", ".bin", "buf");

    /// <summary>A copy with a proto baseline, in a Git repository of its own.</summary>
    public static async Task<ReleaseCopy> CommittedAsync(Artifacts artifacts)
    {
        Ci.Require(File.Exists(Buf), "node_modules/.bin/buf is missing: run `make deps`.");
        var copy = new ReleaseCopy(artifacts);
        await Command.RunAsync(copy.Sources.Root, Buf, "build", "protos", "--output", $"protos/baselines/{copy.Version}.binpb");
        await copy.GitAsync("init", "--quiet");
        await copy.CommitAsync();
        return copy;
    }

    public async Task CommitAsync()
    {
        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--message", "Release");
    }

    public Task GitAsync(params string[] arguments) =>
        Command.RunAsync(Sources.Root, "git", ["-c", "user.name=Test", "-c", "user.email=test@localhost", .. arguments]);

    /// <summary>All rules.</summary>
    public async Task<List<Finding>> CheckAsync() => [.. (await Check.RunAsync()).SelectMany(result => result.Findings)];

    /// <summary>Those that need neither buf nor Git.</summary>
    public List<Finding> CheckFiles() => [.. Check.Agreement().SelectMany(result => result.Findings), .. ChangelogRule.Check(Sources)];

    private ReleaseCheck Check => new(Sources, Artifacts, Buf);

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Sources.PathOf(file))!);
        File.WriteAllText(Sources.PathOf(file), text);
    }

    public void Replace(string file, string text, string by)
    {
        var whole = Sources.Read(file);
        Assert.Contains(text, whole, StringComparison.Ordinal);
        Write(file, whole.Replace(text, by, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        // Git's objects are read-only.
        foreach (var file in directory.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            file.IsReadOnly = false;
        }

        directory.Delete(recursive: true);
    }
}
