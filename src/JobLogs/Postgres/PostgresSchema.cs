using System.Text.RegularExpressions;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>The tables and functions of the logs on PostgreSQL.</summary>
public static partial class PostgresSchema
{
    /// <summary>The name of the schema if nothing else is set.</summary>
    public const string UsualName = "optimization";

    internal const int Version = 2;

    private static readonly string[] Parts = ["1-tables.sql", "2-rules.sql", "3-append.sql", "4-door.sql"];

    /// <summary>
    /// Returns the SQL that makes the schema, or brings it to this version: what the program runs by itself if its role may. It can be run again
    /// at any time.
    /// </summary>
    /// <param name="schema">The schema's name, as <see cref="PostgresJobLogsOptions.Schema"/> allows it.</param>
    public static string Script(string schema = UsualName) => string.Join('\n', Parts.Select(part => Name().Replace(Read(part), schema)));

    /// <summary>Makes the schema if it isn't there, or is of an earlier version. Of several programs at once one does.</summary>
    /// <exception cref="InvalidOperationException">The schema is of a later version, or is of an earlier one and the role may not change it.</exception>
    internal static async Task MigrateAsync(NpgsqlConnection connection, string schema, CancellationToken token)
    {
        if (await IsCurrentAsync(connection, schema, token))
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.RunAsync("SELECT pg_advisory_xact_lock(hashtext($1));", token, schema);
        if (!await IsCurrentAsync(connection, schema, token))
        {
            try
            {
                await connection.RunAsync(Script(schema), token);
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new InvalidOperationException(
                    $"the tables aren't there, or are of an earlier version, and the role may not make them ({refusal.MessageText}): let a "
                        + "role that may run the SQL that the log server prints with --print-schema (in a program of your own: "
                        + "PostgresSchema.Script)",
                    refusal
                );
            }
        }

        await transaction.CommitAsync(token);
    }

    private static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, string schema, CancellationToken token)
    {
        if (await connection.ScalarAsync("SELECT to_regclass($1) IS NULL;", token, $"{schema}.log") is true)
        {
            return false;
        }

        var version = (int)(await connection.ScalarAsync($"SELECT version FROM {schema}.log;", token))!;
        return version <= Version
            ? version == Version
            : throw new InvalidOperationException(
                $"the schema {schema} is of version {version}, and this program knows versions up to {Version}: use a newer program"
            );
    }

    private static string Read(string part)
    {
        using var stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream(part)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex($@"\b{UsualName}\b", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Name();
}
