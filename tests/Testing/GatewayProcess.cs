using OptimizationGateway.Gateway;

namespace OptimizationGateway.Testing;

/// <summary>The gateway's own program, on a port of its own.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private const string PathBase = "--Gateway:PathBase=";

    /// <summary>Tests that a shell runs in the background inherit that SIGINT is ignored, and so would the program.</summary>
    private const string HearsInterrupt = "env --default-signal=INT dotnet";

    /// <param name="settings">Its arguments, beside where it listens.</param>
    public GatewayProcess(params string[] settings)
        : this([], settings) { }

    /// <param name="environment">Variables as <c>NAME=value</c>, without blanks.</param>
    /// <param name="settings">Its arguments, beside where it listens.</param>
    public GatewayProcess(string[] environment, string[] settings)
    {
        Url = new UriBuilder("http", "127.0.0.1", ProgramProcess.FreePort()).Uri;
        SocketUrl = new UriBuilder(Url) { Scheme = "ws", Path = "/ws/optimization" }.Uri;
        Process = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [$"--urls={Url}", .. settings],
            // It listens some moments before it is ready, and a proxy that asks in between takes it for down.
            new UriBuilder(Url) { Path = $"{settings.LastOrDefault(IsPathBase)?[PathBase.Length..]}/health/ready" }.Uri,
            prelude: environment is [] ? ":" : $"export {string.Join(' ', environment)}",
            runtime: HearsInterrupt
        );
    }

    public ProgramProcess Process { get; }

    public Uri Url { get; }

    public Uri SocketUrl { get; }

    /// <summary>Runs the program where it is to end by itself.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunToItsEndAsync(params string[] arguments) =>
        ProgramRun.ToItsEndAsync("dotnet", [typeof(GatewayHost).Assembly.Location, .. arguments]);

    /// <inheritdoc cref="RunToItsEndAsync(string[])"/>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunToItsEndAsync(
        string folder,
        (string Name, string Value)[] environment,
        string[] arguments
    ) => ProgramRun.ToItsEndAsync(folder, environment, "dotnet", [typeof(GatewayHost).Assembly.Location, .. arguments]);

    private static bool IsPathBase(string setting) => setting.StartsWith(PathBase, StringComparison.Ordinal);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
