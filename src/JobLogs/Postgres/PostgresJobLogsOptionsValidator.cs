using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>The rules of <see cref="PostgresJobLogsOptions"/>.</summary>
internal sealed partial class PostgresJobLogsOptionsValidator : IValidateOptions<PostgresJobLogsOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgresJobLogsOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Failures(PostgresJobLogsOptions options)
    {
        // Settings beside the connection string have its prefix.
        var prefix = options.ConnectionStringSetting[..(options.ConnectionStringSetting.LastIndexOf(':') + 1)];
        if (ConnectionFault(options.ConnectionString) is { } bad)
        {
            yield return $"{options.ConnectionStringSetting} {bad}";
        }

        if (!SchemaName().IsMatch(options.Schema) || options.Schema.StartsWith("pg_", StringComparison.Ordinal))
        {
            yield return $"{prefix}Schema must be 1 to 63 small letters, digits and _, not begin with a digit, and not with pg_.";
        }

        if (options.StandbysThatMustFlush < 0)
        {
            yield return $"{prefix}StandbysThatMustFlush must be a whole number of at least 0.";
        }

        if (options.RetainEventsPerJob < 1)
        {
            yield return $"{prefix}RetainEventsPerJob must be a whole number of at least 1, or not set.";
        }

        if (options.MaxJobs < 1 || options.MaxProducersPerJob < 1)
        {
            yield return $"{prefix}MaxJobs and {prefix}MaxProducersPerJob must be whole numbers of at least 1, or not set.";
        }

        if (options.RetainEndedJobs < TimeSpan.FromMinutes(1))
        {
            yield return $"{prefix}RetainEndedJobs must be a time of at least 00:01:00, or not set.";
        }

        if (options.EndLostJobsAfter < TimeSpan.FromMinutes(1) || options.EndLostJobsAfter > TimeSpan.FromDays(365))
        {
            yield return $"{prefix}EndLostJobsAfter must be a time from 00:01:00 to 365.00:00:00.";
        }

        if (WatchJobOptions.Fault(options.HeartbeatInterval) is { } fault)
        {
            yield return $"{prefix}HeartbeatInterval {fault}";
        }
    }

    /// <summary>The fault of a connection string, without a part of it: it may hold a password.</summary>
    private static string? ConnectionFault(string text)
    {
        const string Example = "such as Host=db;Database=jobs;Username=logs;Password=…";
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"must be set, {Example}.";
        }

        if (Url().IsMatch(text))
        {
            return $"is a URL, which Npgsql doesn't take; write it as keys and values, {Example}.";
        }

        try
        {
            var keys = new DbConnectionStringBuilder { ConnectionString = text };
            var settings = new NpgsqlConnectionStringBuilder();
            foreach (string key in keys.Keys)
            {
                if (KeyFault(settings, key, keys[key]) is { } fault)
                {
                    return $"{fault}, {Example}.";
                }
            }

            return string.IsNullOrEmpty(settings.Host) ? $"must name a host, {Example}." : null;
        }
        catch (ArgumentException)
        {
            return $"isn't a connection string as Npgsql has it, {Example}.";
        }
    }

    private static string? KeyFault(NpgsqlConnectionStringBuilder settings, string key, object value)
    {
        if (!settings.ContainsKey(key))
        {
            // What follows a password that has a semicolon is a part of it.
            return settings.Password is null && Word().IsMatch(key)
                ? $"has the key '{key}', which Npgsql doesn't know"
                : "has a key that Npgsql doesn't know; a password with ; or = is written in quotes";
        }

        try
        {
            settings[key] = value;
            return null;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return $"has a value for '{key}' that Npgsql doesn't take";
        }
    }

    [GeneratedRegex(@"^\s*[a-z:]+://", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Url();

    [GeneratedRegex(@"^[a-z ]{1,40}\z", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaName();
}
