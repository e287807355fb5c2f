using System.Net;
using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.Hosting.Startup;
using OptimizationGateway.Hosting.Telemetry;
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

    internal static readonly UnknownArguments Unknown = new(
        LogServerOptions.Section,
        typeof(LogServerOptions),
        ["Environment", "ContentRoot", "ApplicationName", "Kestrel", "Logging", "AllowedHosts"]
    );

    private const string Listening =
        "LogServer:HttpUrl and LogServer:GrpcUrl say where it listens, such as --LogServer:HttpUrl=http://127.0.0.1:5020; for https:// "
        + "Kestrel:Certificates:Default:Path names the certificate.";

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

    /// <summary>Finds arguments that .NET would silently ignore.</summary>
    public static IEnumerable<string> Faults(string[] args) => Unknown.In(args);

    /// <summary>The reason that a start failed, in one line without a stack.</summary>
    public static string FaultOf(Exception fault) => StartFault.Of(fault, Listening);

    /// <summary>The URL of HTTP at which this machine reaches the log server that these settings start; null if they don't tell.</summary>
    public static Uri? OwnUrl(string[] settings)
    {
        var options = new LogServerOptions();
        new SettingsBinding<LogServerOptions>(LogServerHost.CreateBuilder(settings).Configuration, LogServerOptions.Section).Configure(
            options
        );
        return Address.Parse(options.HttpUrl) is { Port: > 0 } address
            ? new UriBuilder(address.IsTls ? "https" : "http", Host(address.Ip), address.Port).Uri
            : null;
    }

    private static string Host(IPAddress? ip) =>
        ip is null || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? "localhost" : ip.ToString();
}
