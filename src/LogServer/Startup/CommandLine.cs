using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Telemetry;
using OptimizationGateway.Hosting.Text;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Startup;

/// <summary>The program's texts for people.</summary>
internal static class CommandLine
{
    public const string Help = """
        OptimizationGateway.LogServer: keeps the events of jobs, appended by HTTP or gRPC, and serves WatchJob over them.

        Usage: dotnet run --project src/LogServer -- [settings]

        Settings (command line --Name=value, environment Name__Sub=value, or appsettings.json):
          LogServer:HttpUrl                 where producers append over HTTP (default http://127.0.0.1:5010)
          LogServer:GrpcUrl                 where WatchJob, JobsService and EventLogService are (default http://127.0.0.1:5011)
          LogServer:Sqlite:Path             the folder of the file that has the logs (default data)
          LogServer:Postgres:ConnectionString  the logs are in PostgreSQL instead (default none)
          LogServer:Postgres:…               schema and standbys: see docs/log-server.md
          LogServer:Retention:EventsPerJob  how many events of a job are kept (default all)
          LogServer:Retention:EndedJobs     how long a job is kept after it has ended (default for ever)
          LogServer:Leases:EndLostJobsAfter how long a lost producer may stay away before its job is ended (default 1 h)
          LogServer:Limits:…                what one producer may ask for: see docs/log-server.md
          LogServer:Auth:…                  ask callers for tokens: see docs/log-server.md; needed to listen beyond this machine
          LogServer:Telemetry:Prometheus    true: /metrics answers Prometheus (default false)

        Options:
          --help, --version
          --health [<url>]  asks a running log server whether it is ready (exit code 0 or 1): the one at the url, or the one of these settings
          --check-config    with settings as above: prints the effective settings, their sources and every fault, then ends. Exit code 0,
                            or 1 if the log server wouldn't start.
          --print-schema    prints the SQL that makes the tables on PostgreSQL, for those whose DBA runs it
        """;

    /// <summary>The settings that ASP.NET Core and .NET read themselves.</summary>
    private static readonly string[] Foreign = ["Environment", "ContentRoot", "ApplicationName", "Kestrel", "Logging", "AllowedHosts"];
    private static readonly string[] Prefixes = ["OTEL_", "DOTNET_", "ASPNETCORE_"];

    /// <summary>The lines of a start that worked: where it is, and what to do next.</summary>
    public static string Welcome(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<LogServerOptions>>().Value;
        var (http, grpc) = LogServerHost.AddressesOf(app);
        var token = options.Auth.IsOn ? " -H \"Authorization: Bearer $TOKEN\"" : "";
        const string first = """{"eventType":"iteration_completed","iteration":1,"data":{"score":0.5}}""";
        return $"""
            Version:    {BuildVersion.Text}
            Append:     {http}/jobs/<job id>/events
            WatchJob:   {grpc}
            Logs:       {Engine.Describe(options)}
            {Callers(options.Auth)}
            Next: append an event to a job that is new:
              curl -i {http}/jobs/first/events{token} -H 'Content-Type: application/json' -d '{first}'
            and point a gateway here, whose page then shows it: --Gateway:Backends:logs:Address={grpc}
            """;
    }

    public static string Callers(AuthOptions auth) =>
        auth.IsOn ? $"Callers are asked for a token of {auth.Issuer} for {auth.Audience}."
        : auth.AllowAnonymous
            ? "Everyone who can reach these addresses may append to every job and watch it (LogServer:Auth:AllowAnonymous)."
        : "Nobody is asked who they are, so it listens on loopback addresses only (tokens: LogServer:Auth, docs/log-server.md).";

    /// <summary>Finds arguments that .NET would silently ignore. Values are never repeated; they may be secrets.</summary>
    public static IEnumerable<string> Faults(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=', 2)[0];
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                yield return $"Argument {i + 1} is no setting. Write --Name=value, and a value with blanks in quotes.";
                continue;
            }

            if (FaultOf(name) is { } fault)
            {
                yield return fault;
            }
            else if (name.Length == args[i].Length && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                yield return $"{name} has no value. Write {name}=value.";
            }
            else if (name.Length == args[i].Length)
            {
                // The value is the next argument, as .NET reads it.
                i++;
            }
        }
    }

    /// <summary>The reason that a start failed, in one line without a stack.</summary>
    public static string FaultOf(Exception fault)
    {
        // Of a file that isn't JSON only the innermost knows the line.
        var text = fault is InvalidDataException ? $"{fault.Message} {fault.GetBaseException().Message}" : fault.Message;
        var line = SecretText.Hide(text.ReplaceLineEndings(" "));
        return fault is IOException or SocketException or InvalidOperationException
            ? $"{line.TrimEnd('.')}. LogServer:HttpUrl and LogServer:GrpcUrl say where it listens, such as "
                + "--LogServer:HttpUrl=http://127.0.0.1:5020; for https:// Kestrel:Certificates:Default:Path names the certificate."
            : line;
    }

    private static string? FaultOf(string argument)
    {
        var first = argument.TrimStart('-').Split(':')[0];
        string[] known = [LogServerOptions.Section, .. Foreign];
        var isKnown =
            known.Contains(first, StringComparer.OrdinalIgnoreCase)
            || Array.Exists(Prefixes, prefix => first.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        return isKnown ? null
            : NearestName.Of(first, known) is { } meant ? $"{argument} is no setting. Did you mean --{meant}?"
            : $"{argument} is no setting. There are {string.Join(", ", known)}; --help says more.";
    }
}
