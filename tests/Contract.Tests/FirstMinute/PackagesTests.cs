using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.FirstMinute;

/// <summary>scripts/packages.mjs, tried on a project of its own that needs one package, which lies beside it.</summary>
public sealed class PackagesTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("npm packages-");

    public PackagesTests()
    {
        Directory.CreateDirectory(Path.Combine(root.FullName, "scripts"));
        File.Copy(RepositoryRoot.Combine("scripts", "packages.mjs"), ScriptPath);
        Write("package.json", """{"name":"root","private":true,"dependencies":{"needed":"1.0.0"}}""");
        Lock("1.0.0");
    }

    private string ScriptPath => Path.Combine(root.FullName, "scripts", "packages.mjs");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task Nothing_is_installed_where_npm_has_installed_what_the_lock_file_says()
    {
        Installed("1.0.0");
        Assert.Equal((0, ""), await RunAsync());
        Assert.Equal((0, ""), await RunAsync("--check"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.9.0")]
    public async Task They_are_installed_where_none_or_others_are_there(string version)
    {
        if (version.Length > 0)
        {
            Installed(version);
        }

        // There is no such package, and no registry: npm itself says so, and then the script what to do.
        var (exitCode, output) = await RunAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("npm ci failed", output, StringComparison.Ordinal);
        Assert.Contains("It needs the network once", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_installs_nothing_and_says_what_to_run_and_where()
    {
        Installed("0.9.0");
        var (exitCode, output) = await RunAsync("--check");
        Assert.Equal(1, exitCode);
        Assert.Contains($"Run `npm ci` in {root.FullName}", output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(root.FullName, "node_modules")));
    }

    [Fact]
    public async Task What_npm_installs_itself_is_recognized()
    {
        Write("package.json", """{"name":"root","private":true,"workspaces":["part"]}""");
        Write("part/package.json", """{"name":"part","version":"1.0.0"}""");
        Write(
            "package-lock.json",
            """
            {"name":"root","lockfileVersion":3,"requires":true,"packages":{"":{"name":"root","workspaces":["part"]},
            "node_modules/part":{"resolved":"part","link":true},"part":{"version":"1.0.0"}}}
            """
        );
        var first = await RunAsync();
        Assert.True(first.ExitCode == 0, first.Output);
        Assert.Contains("Installing the npm packages", first.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), await RunAsync());
    }

    /// <summary>A package that can't be used without the tools of node_modules says so, instead of naming one of them.</summary>
    [Theory]
    [InlineData("clients/typescript", "build")]
    [InlineData("clients/typescript", "prepack")]
    [InlineData("clients/console", "build")]
    public void Builds_of_the_clients_check_first(string workspace, string script)
    {
        using var package = System.Text.Json.JsonDocument.Parse(File.ReadAllText(RepositoryRoot.Combine(workspace, "package.json")));
        var command = package.RootElement.GetProperty("scripts").GetProperty(script).GetString();
        Assert.True(
            command == "npm run build" || command!.StartsWith("node ../../scripts/packages.mjs --check && ", StringComparison.Ordinal),
            command
        );
    }

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        Script.RunAsync(ScriptPath, [("npm_config_registry", "http://127.0.0.1:1"), ("npm_config_fetch_retries", "0")], arguments);

    private void Lock(string version) =>
        Write(
            "package-lock.json",
            $$$$"""
            {"name":"root","lockfileVersion":3,"requires":true,"packages":{"":{"name":"root","dependencies":{"needed":"{{{{version}}}}"}},
            "node_modules/needed":{"version":"{{{{version}}}}"},
            "node_modules/elsewhere":{"version":"1.0.0","optional":true}}}
            """
        );

    private void Installed(string version) =>
        Write("node_modules/.package-lock.json", $$$$"""{"packages":{"node_modules/needed":{"version":"{{{{version}}}}"}}}""");

    private void Write(string name, string text)
    {
        var path = Path.Combine(root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
