using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Short forms of commands.</summary>
internal static class NpgsqlCommands
{
    public static async Task RunAsync(this NpgsqlConnection connection, string text, CancellationToken token, params object[] values)
    {
        await using var command = connection.Command(text, values);
        await command.ExecuteNonQueryAsync(token);
    }

    public static async Task<object?> ScalarAsync(
        this NpgsqlConnection connection,
        string text,
        CancellationToken token,
        params object[] values
    )
    {
        await using var command = connection.Command(text, values);
        return await command.ExecuteScalarAsync(token);
    }

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string text, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
