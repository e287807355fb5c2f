using Npgsql;

namespace OptimizationGateway.Load.Logs;

/// <summary>The limit of any log in PostgreSQL: the least that keeps ids in order, one prepared statement a batch on a connection of one's own.</summary>
internal sealed class SqlAppender : IAppender
{
    private const string Tables = """
        create table if not exists bench_jobs (job text primary key, last_id bigint not null) with (fillfactor = 70);
        create table if not exists bench_events (job text not null, id bigint not null, data json not null, primary key (job, id));
        """;

    private const string Append = """
        with locked as (
          insert into bench_jobs values ($1, cardinality($2)) on conflict (job) do update set last_id = bench_jobs.last_id + cardinality($2)
          returning last_id)
        insert into bench_events select $1, last_id - cardinality($2) + n, event::json from locked, unnest($2) with ordinality as e (event, n);
        """;

    private readonly NpgsqlDataSource source;
    private readonly List<NpgsqlCommand> lanes = [];

    private SqlAppender(NpgsqlDataSource source) => this.source = source;

    public static async Task<SqlAppender> OpenAsync(string connectionString, int lanes)
    {
        var appender = new SqlAppender(NpgsqlDataSource.Create(connectionString));
        await using (var tables = appender.source.CreateCommand(Tables))
        {
            await tables.ExecuteNonQueryAsync();
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            var command = new NpgsqlCommand(Append, await appender.source.OpenConnectionAsync());
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "" });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [] });
            await command.PrepareAsync();
            appender.lanes.Add(command);
        }

        return appender;
    }

    public async Task AppendAsync(int lane, string job, int count)
    {
        var command = lanes[lane];
        ((NpgsqlParameter<string>)command.Parameters[0]).TypedValue = job;
        ((NpgsqlParameter<string[]>)command.Parameters[1]).TypedValue =
        [
            .. Enumerable.Range(1, count).Select(iteration => HttpAppender.Event(job, iteration)),
        ];
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in lanes)
        {
            await command.Connection!.DisposeAsync();
            await command.DisposeAsync();
        }

        await source.DisposeAsync();
    }
}
