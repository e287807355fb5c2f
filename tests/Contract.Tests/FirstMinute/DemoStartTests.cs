using System.Net;
using System.Net.Sockets;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.FirstMinute;

/// <summary>A demo that can't listen where it should says which settings to change, and how.</summary>
public sealed class DemoStartTests : IDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("demo-");

    public void Dispose() => data.Delete(recursive: true);

    [Theory]
    [InlineData("Stub:GrpcUrl", "such as --Stub:GrpcUrl=http://127.0.0.1:5003")]
    [InlineData("Stub:HttpUrl", "such as --Stub:GrpcUrl=http://127.0.0.1:5003")]
    [InlineData("LogServer:HttpUrl", "such as --LogServer:HttpUrl=http://127.0.0.1:5012")]
    [InlineData("LogServer:GrpcUrl", "such as --LogServer:HttpUrl=http://127.0.0.1:5012")]
    [InlineData("Urls", "such as --Urls=http://127.0.0.1:8081")]
    public async Task A_taken_port_is_one_line_with_the_setting_and_an_example(string setting, string example)
    {
        using var other = new TcpListener(IPAddress.Loopback, ProgramProcess.FreePort());
        other.Start();
        var taken = $"http://{other.LocalEndpoint}";
        Dictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["Urls"] = $"http://127.0.0.1:{ProgramProcess.FreePort()}",
            ["Stub:GrpcUrl"] = "http://127.0.0.1:0",
            ["Stub:HttpUrl"] = "http://127.0.0.1:0",
            ["Stub:DataDirectory"] = data.FullName,
            ["LogServer:HttpUrl"] = "http://127.0.0.1:0",
            ["LogServer:GrpcUrl"] = "http://127.0.0.1:0",
            ["LogServer:Sqlite:Path"] = data.FullName,
            [setting] = taken,
        };
        var run = await ProgramRun.ToItsEndAsync("dotnet", [Demo, .. settings.Select(one => $"--{one.Key}={one.Value}")]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(taken, run.Error, StringComparison.Ordinal);
        Assert.Contains(setting, run.Error, StringComparison.Ordinal);
        Assert.Contains(example, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Beside this assembly's own output, so of the same configuration.</summary>
    private static string Demo =>
        AppContext
            .BaseDirectory.Replace(
                RepositoryRoot.Combine("tests", "Contract.Tests"),
                RepositoryRoot.Combine("src", "Demo"),
                StringComparison.Ordinal
            )
            .TrimEnd(Path.DirectorySeparatorChar) + $"{Path.DirectorySeparatorChar}OptimizationGateway.Demo.dll";
}
