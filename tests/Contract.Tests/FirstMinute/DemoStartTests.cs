using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
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
        var run = await ProgramRun.ToItsEndAsync("dotnet", [Demo, .. Settings((setting, taken))]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(taken, run.Error, StringComparison.Ordinal);
        Assert.Contains(setting, run.Error, StringComparison.Ordinal);
        Assert.Contains(example, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_job_named_as_the_optimizers_is_refused_with_a_sentence_and_another_is_shown()
    {
        var (gateway, logs) = ($"http://127.0.0.1:{ProgramProcess.FreePort()}", $"http://127.0.0.1:{ProgramProcess.FreePort()}");
        await using var demo = new ProgramProcess(Demo, Settings(("Urls", gateway), ("LogServer:HttpUrl", logs)), new Uri($"{gateway}/"));
        await demo.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var token = TestContext.Current.CancellationToken;
        Task<HttpResponseMessage> AppendAsync(string jobId) =>
            http.PostAsJsonAsync($"{logs}/jobs/{jobId}/events", new { eventType = "note" }, token);

        using var refused = await AppendAsync("job-of-mine");
        using var made = await AppendAsync("mine");
        using var misplaced = await http.PostAsJsonAsync($"{gateway}/jobs/mine/events", new { eventType = "note" }, token);
        using var shown = await http.GetAsync(new Uri($"{gateway}/jobs/mine/events?offset=-1"), token);

        Assert.Equal((400, 204, 200), ((int)refused.StatusCode, (int)made.StatusCode, (int)shown.StatusCode));
        Assert.Contains(
            "a job whose id begins with job- is the optimizer's: give yours another name. Nothing was appended.\"",
            Regex.Unescape(await refused.Content.ReadAsStringAsync(token)),
            StringComparison.Ordinal
        );
        Assert.Contains("Events are appended at a log server", await misplaced.Content.ReadAsStringAsync(token), StringComparison.Ordinal);
        await Until.TrueAsync(() => Task.FromResult(demo.Output.Contains("Try:", StringComparison.Ordinal)), "it says what to try");
        Assert.Contains($"Logs:        SQLite in {data.FullName} (the log server's)", demo.Output, StringComparison.Ordinal);
    }

    /// <summary>Ports and data of its own, and then what the test sets.</summary>
    private string[] Settings(params (string Key, string Value)[] others)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["Urls"] = $"http://127.0.0.1:{ProgramProcess.FreePort()}",
            ["Stub:GrpcUrl"] = "http://127.0.0.1:0",
            ["Stub:HttpUrl"] = "http://127.0.0.1:0",
            ["Stub:DataDirectory"] = data.FullName,
            ["LogServer:HttpUrl"] = "http://127.0.0.1:0",
            ["LogServer:GrpcUrl"] = "http://127.0.0.1:0",
            ["LogServer:Sqlite:Path"] = data.FullName,
        };
        foreach (var (key, value) in others)
        {
            settings[key] = value;
        }

        return [.. settings.Select(one => $"--{one.Key}={one.Value}")];
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
