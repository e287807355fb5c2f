using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class LogServerRanges : IValidateOptions<LogServerOptions>;

/// <summary>
/// Checks the rules that no attribute can state. Each message names the setting by its full path and says what is allowed.
/// </summary>
internal sealed class LogServerValidation(IConfiguration configuration) : IValidateOptions<LogServerOptions>
{
    public ValidateOptionsResult Validate(string? name, LogServerOptions options)
    {
        var ranges = new LogServerRanges().Validate(name, options);
        var faults = SettingFaults.In(configuration, LogServerOptions.Section, typeof(LogServerOptions), ranges).ToList();
        CheckAddress(nameof(options.HttpUrl), options.HttpUrl, options.Auth, faults);
        CheckAddress(nameof(options.GrpcUrl), options.GrpcUrl, options.Auth, faults);
        if (ListenUrls.Collide(options.HttpUrl, options.GrpcUrl))
        {
            faults.Add("LogServer:HttpUrl and LogServer:GrpcUrl have the same port; HTTP/2 without TLS can't share one with HTTP/1.1.");
        }

        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            faults.Add("Kestrel:Endpoints isn't read: LogServer:HttpUrl and LogServer:GrpcUrl say where the log server listens.");
        }

        if (string.IsNullOrWhiteSpace(options.Sqlite.Path))
        {
            faults.Add("LogServer:Sqlite:Path is empty; it must be a path.");
        }

        CheckPostgres(options.Postgres, faults);
        if (options.Limits.EventBytes > options.Limits.BatchBytes)
        {
            faults.Add(
                $"LogServer:Limits:EventBytes is {options.Limits.EventBytes}, more than LogServer:Limits:BatchBytes, {options.Limits.BatchBytes}; "
                    + "an event comes in a batch."
            );
        }

        AuthRules.Check(options.Auth, faults);
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    /// <summary>
    /// A part of PostgreSQL's settings must not mean SQLite: with a secret that is empty, the logs would be on this machine's disk, and nobody
    /// would know.
    /// </summary>
    private void CheckPostgres(PostgresOptions postgres, List<string> faults)
    {
        if (postgres.ConnectionString.Length > 0)
        {
            return;
        }

        const string section = $"{LogServerOptions.Section}:{nameof(LogServerOptions.Postgres)}";
        const string connection = nameof(PostgresOptions.ConnectionString);
        foreach (var setting in configuration.GetSection(section).GetChildren().Where(setting => setting.Value is not null))
        {
            faults.Add(
                setting.Key.Equals(connection, StringComparison.OrdinalIgnoreCase)
                    ? $"{section}:{connection} is empty; set it, such as Host=db;Database=jobs;Username=logs, or leave it out to keep the logs "
                        + "in a SQLite file."
                    : $"{section}:{setting.Key} is set, and {section}:{connection} isn't: set it, too, or leave both out to keep the logs in a "
                        + "SQLite file."
            );
        }
    }

    private static void CheckAddress(string setting, string url, AuthOptions auth, List<string> faults)
    {
        if (Address.Parse(url) is not { } address)
        {
            faults.Add(
                $"LogServer:{setting} is '{SecretText.Hide(url)}'; it must be http:// or https:// with an IP address, localhost or * and a "
                    + "port, such as http://127.0.0.1:5010; port 0 takes a free one."
            );
        }
        else if (!address.IsLoopback && !auth.IsOn && !auth.AllowAnonymous)
        {
            faults.Add(
                $"LogServer:{setting} is {url}, which others can reach, and nobody is asked who they are. Ask callers for a token "
                    + $"({auth.Section}:…, see docs/log-server.md), listen on a loopback address, or set {auth.Section}:AllowAnonymous=true "
                    + "if everyone who can reach it may append to every job and watch it."
            );
        }
    }
}
