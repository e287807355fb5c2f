using System.Text;
using OptimizationGateway.Release;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Releases;

/// <summary><c>make release-check</c>: a copy of this commit that can be released, spoilt in one way each.</summary>
public sealed class ReleaseCheckTests(PackedRelease packed) : IClassFixture<PackedRelease>
{
    private const string Client = "clients/typescript/package.json";
    private const string Kit = Artifacts.NuGetProject;
    private const string Gateway = "src/Gateway/Gateway.csproj";
    private const string LogServer = "src/LogServer/LogServer.csproj";
    private const string Compose = "deploy/compose/compose.yaml";
    private const string ComposeLogs = "deploy/compose/log-server.yaml";

    private static readonly string Version = new Sources(RepositoryRoot.Path).Version;

    [Fact]
    public void What_this_commit_would_publish_agrees()
    {
        var check = new ReleaseCheck(new Sources(RepositoryRoot.Path), packed.Artifacts, Buf: "");
        Assert.Empty(check.Agreement().SelectMany(result => result.Findings));
    }

    [Fact]
    public async Task A_commit_where_all_agrees_can_be_tagged_and_the_last_line_says_how()
    {
        using var copy = await ReleaseCopy.CommittedAsync(packed.Artifacts);
        Assert.Empty(await copy.CheckAsync());
        var last = Verdict.Text(Version, [("version", [])]).Split('\n')[^1];
        Assert.Equal($"{Version} can be tagged. Next: git tag --annotate v{Version} --message 'OptimizationGateway {Version}'", last);
    }

    [Fact]
    public void Where_something_disagrees_the_last_line_names_the_files_to_change()
    {
        Finding[] findings = [new("CHANGELOG.md", "One."), new("CHANGELOG.md", "Two."), new("LICENSE", "Three.")];
        var text = Verdict.Text(Version, [("version", []), ("changelog", findings)]);
        Assert.Equal(
            $"{Version} can't be tagged: change CHANGELOG.md, LICENSE as said above. Next: make release-check",
            text.Split('\n')[^1]
        );
        Assert.Contains("NOT changelog\n    CHANGELOG.md: One.\n    CHANGELOG.md: Two.\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Client, "\"version\": \"{0}\"", "\"version\": \"9.9.9\"")]
    [InlineData(Client, "\"license\": \"Apache-2.0\"", "\"license\": \"UNLICENSED\"")]
    [InlineData(
        "package-lock.json",
        "\"version\": \"{0}\",\n      \"license\": \"Apache-2.0\",\n      \"peer",
        "\"version\": \"9.9.9\",\n      \"peer"
    )]
    [InlineData("package-lock.json", "\"@optimization-gateway/client\": \"{0}\"", "\"@optimization-gateway/client\": \"9.9.9\"")]
    [InlineData("clients/console/package.json", "client\": \"{0}\"", "client\": \"9.9.9\"")]
    [InlineData("examples/vue/package.json", "client\": \"{0}\"", "client\": \"9.9.9\"")]
    [InlineData("examples/react/package.json", "\"license\": \"Apache-2.0\",", "")]
    [InlineData("clients/typescript/README.md", "client-{0}.tgz", "client-9.9.9.tgz")]
    [InlineData(Compose, "optimization-gateway:{0}", "optimization-gateway:9.9.9")]
    [InlineData(Compose, "optimization-gateway:{0}", "optimization-gateway")]
    [InlineData(ComposeLogs, "optimization-gateway-log-server:{0}", "optimization-gateway-log-server:9.9.9")]
    [InlineData(ComposeLogs, "optimization-gateway-log-server:{0}", "optimization-gateway-logs:{0}")]
    [InlineData("deploy/kubernetes/gateway/gateway.yaml", "image: optimization-gateway:", "image: optimization-gatewey:")]
    [InlineData("LICENSE", "Apache License", "Some License")]
    [InlineData("clients/typescript/LICENSE", "Version 2.0", "Version 1.1")]
    [InlineData("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- More.\n")]
    [InlineData("CHANGELOG.md", "## [{0}] - 2026-01-31", "## [0.0.1] - 2026-01-31")]
    [InlineData("CHANGELOG.md", "## [{0}] - 2026-01-31", "## [{0}]")]
    [InlineData("CHANGELOG.md", "## [{0}] - 2026-01-31", "## [{0}] - 2026-02-31")]
    [InlineData("CHANGELOG.md", "### Added\n\n- Everything.\n", "")]
    public void A_file_that_disagrees_is_named(string file, string text, string by)
    {
        using var copy = new ReleaseCopy(packed.Artifacts);
        copy.Replace(file, text.Replace("{0}", Version, StringComparison.Ordinal), by.Replace("{0}", Version, StringComparison.Ordinal));
        var findings = copy.CheckFiles();
        Assert.Contains(findings, finding => finding.File == file);
    }

    [Fact]
    public async Task A_version_that_only_one_file_has_is_found_in_all_others()
    {
        using var copy = await ReleaseCopy.CommittedAsync(packed.Artifacts);
        copy.Replace(Sources.VersionFile, $"<Version>{Version}<", "<Version>9.9.9<");
        await copy.CommitAsync();
        var files = (await copy.CheckAsync()).Select(finding => finding.File).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                Client,
                "package-lock.json",
                Compose,
                "CHANGELOG.md",
                "protos/baselines/9.9.9.binpb",
                Kit,
                Gateway,
                ComposeLogs,
                LogServer,
            },
            files
        );
    }

    [Fact]
    public async Task Protos_that_have_changed_since_their_baseline_ask_for_a_new_version()
    {
        const string proto = "protos/optimization/v1/optimizer.proto";
        using var copy = await ReleaseCopy.CommittedAsync(packed.Artifacts);
        copy.Write(proto, copy.Sources.Read(proto) + "\n// A comment is no change.\n");
        await copy.CommitAsync();
        Assert.Empty(await copy.CheckAsync());

        copy.Write(proto, copy.Sources.Read(proto) + "\n// New.\nmessage New {}\n");
        await copy.CommitAsync();
        var finding = Assert.Single(await copy.CheckAsync());
        Assert.Equal($"protos/baselines/{Version}.binpb", finding.File);
        Assert.Contains("raise Version in Directory.Build.props", finding.Problem, StringComparison.Ordinal);

        File.Delete(copy.Sources.PathOf(finding.File));
        await copy.CommitAsync();
        Assert.Contains("It isn't there", Assert.Single(await copy.CheckAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_committed_and_a_tag_that_exists_are_found()
    {
        using var copy = await ReleaseCopy.CommittedAsync(packed.Artifacts);
        copy.Write("new.txt", "");
        Assert.Equal("new.txt", Assert.Single(await copy.CheckAsync()).File);

        await copy.CommitAsync();
        await copy.GitAsync("tag", $"v{Version}");
        Assert.Contains("is released", Assert.Single(await copy.CheckAsync()).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("package.json", "\"version\": \"{0}\"", "\"version\": \"9.9.9\"", Client)]
    [InlineData("package.json", "Apache-2.0", "UNLICENSED", Client)]
    [InlineData("package.json", "\"type\": \"module\"", "\"private\": true", Client)]
    [InlineData("README.md", "#", "##", "clients/typescript/README.md")]
    [InlineData("LICENSE", null, null, "clients/typescript/LICENSE")]
    [InlineData("dist/react.js", null, null, Client)]
    [InlineData("dist/index.d.ts", null, null, Client)]
    [InlineData("tests/new.test.ts", "", "x", Client)]
    public void A_spoilt_npm_package_is_found(string path, string? text, string? by, string file)
    {
        using var copy = new ReleaseCopy(packed.Artifacts);
        copy.Artifacts = packed.Artifacts with { Npm = Spoil(packed.Artifacts.Npm, path, text, by) };
        Assert.Contains(copy.CheckFiles(), finding => finding.File == file);
    }

    [Theory]
    [InlineData("OptimizationGateway.Conformance.nuspec", "<version>{0}<", "<version>9.9.9<")]
    [InlineData("OptimizationGateway.Conformance.nuspec", "Apache-2.0", "MIT")]
    [InlineData("OptimizationGateway.Conformance.nuspec", "<copyright>", "<copyright>x")]
    [InlineData("README.md", null, null)]
    [InlineData("LICENSE", null, null)]
    [InlineData("tools/net10.0/any/OptimizationGateway.Contracts.dll", null, null)]
    public void A_spoilt_NuGet_package_is_found(string path, string? text, string? by)
    {
        using var copy = new ReleaseCopy(packed.Artifacts);
        copy.Artifacts = packed.Artifacts with { NuGet = Spoil(packed.Artifacts.NuGet, path, text, by) };
        Assert.Contains(copy.CheckFiles(), finding => finding.File == Kit);
    }

    [Theory]
    [InlineData("OptimizationGateway.JobLogs.nuspec", "<version>{0}<", "<version>9.9.9<")]
    [InlineData("README.md", null, null)]
    [InlineData("lib/net10.0/OptimizationGateway.JobLogs.xml", null, null)]
    [InlineData("lib/net10.0/OptimizationGateway.Contracts.dll", null, null)]
    public void A_spoilt_package_of_the_library_is_found(string path, string? text, string? by)
    {
        using var copy = new ReleaseCopy(packed.Artifacts);
        copy.Artifacts = packed.Artifacts with { JobLogs = Spoil(packed.Artifacts.JobLogs, path, text, by) };
        Assert.Contains(copy.CheckFiles(), finding => finding.File == Artifacts.JobLogsProject);
    }

    [Theory]
    [InlineData("org.opencontainers.image.version")]
    [InlineData("org.opencontainers.image.licenses")]
    [InlineData("org.opencontainers.image.description")]
    public void An_image_without_a_label_or_with_another_tag_is_found(string label)
    {
        using var copy = new ReleaseCopy(packed.Artifacts);
        var image = packed.Artifacts.Images.Single(image => image.Project == Gateway);
        var others = packed.Artifacts.Images.Where(image => image.Project != Gateway).ToList();
        var labels = image.Labels.Where(one => one.Key != label).ToDictionary(StringComparer.Ordinal);
        copy.Artifacts = packed.Artifacts with { Images = [image with { Labels = labels }, .. others] };
        Assert.Equal(Gateway, Assert.Single(copy.CheckFiles()).File);
        copy.Artifacts = packed.Artifacts with { Images = [image with { Tags = ["latest"] }, .. others] };
        Assert.Equal(Gateway, Assert.Single(copy.CheckFiles()).File);
    }

    /// <summary>The package without a file, or with another text in it.</summary>
    private static Package Spoil(Package package, string path, string? text, string? by)
    {
        var files = package.Files.ToDictionary(StringComparer.Ordinal);
        if (text is null)
        {
            Assert.True(files.Remove(path));
        }
        else
        {
            var whole = package.Text(path) ?? "";
            var spoilt =
                text.Length == 0
                    ? by!
                    : whole.Replace(text.Replace("{0}", Version, StringComparison.Ordinal), by, StringComparison.Ordinal);
            Assert.NotEqual(whole, spoilt);
            files[path] = Encoding.UTF8.GetBytes(spoilt);
        }

        return package with
        {
            Files = files,
        };
    }
}
