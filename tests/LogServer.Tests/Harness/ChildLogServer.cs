using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests.Harness;

/// <summary>The log server as its users run it: a process of its own, which can be killed and started again on its log and ports.</summary>
internal sealed class ChildLogServer : IAsyncDisposable
{
    private readonly TempFolder folder = new();

    private ChildLogServer(string[] settings, string runtime)
    {
        (HttpUrl, GrpcUrl) = (FreeUrl(), FreeUrl());
        Process = new ProgramProcess(
            typeof(LogServerHost).Assembly.Location,
            [
                $"--LogServer:HttpUrl={HttpUrl.GetLeftPart(UriPartial.Authority)}",
                $"--LogServer:GrpcUrl={GrpcUrl.GetLeftPart(UriPartial.Authority)}",
                $"--LogServer:Sqlite:Path={folder.Path}",
                .. settings.Select(setting => $"--LogServer:{setting}"),
            ],
            new Uri(HttpUrl, "/health/ready"),
            runtime: runtime.Replace("{folder}", folder.Path, StringComparison.Ordinal)
        );
        Client = new LogServerClient(HttpUrl, GrpcUrl);
    }

    public Uri HttpUrl { get; }

    public Uri GrpcUrl { get; }

    /// <summary>The folder of its log.</summary>
    public string Folder => folder.Path;

    public ProgramProcess Process { get; }

    public LogServerClient Client { get; }

    /// <param name="settings">As <c>Limits:Jobs=3</c>.</param>
    public static Task<ChildLogServer> StartAsync(params string[] settings) => StartByAsync("dotnet", settings);

    /// <param name="runtime">What runs it; <c>{folder}</c> stands for the folder of its log.</param>
    /// <param name="settings">As <c>Limits:Jobs=3</c>.</param>
    public static async Task<ChildLogServer> StartByAsync(string runtime, params string[] settings)
    {
        var child = new ChildLogServer(settings, runtime);
        await child.Process.StartAsync();
        return child;
    }

    /// <summary>Kill -9 and a start on the same log and ports.</summary>
    public async Task RestartAsync()
    {
        await Process.KillAsync();
        await Process.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
        folder.Dispose();
    }

    private static Uri FreeUrl() => new($"http://127.0.0.1:{ProgramProcess.FreePort()}");
}
