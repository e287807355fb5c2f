using System.Text.Json;
using Microsoft.Data.Sqlite;
using OptimizationGateway.OptimizerStub.Jobs;

namespace OptimizationGateway.OptimizerStub.Log;

/// <summary>Reads pages of the list of jobs.</summary>
internal static class JobsList
{
    /// <summary>The time that a record was changed, as its text sorts: UTC, and '+' sorts before all digits.</summary>
    private const string UpdatedAt = "json_extract(record, '$.UpdatedAt')";

    /// <summary>The index over the records.</summary>
    public const string Schema = $"CREATE INDEX IF NOT EXISTS jobs_by_update ON jobs ({UpdatedAt} DESC, number DESC);";

    // lower() knows the letters of ASCII, as the contract has it.
    private const string Query = $"""
        SELECT record, {UpdatedAt} FROM jobs
        WHERE {UpdatedAt} <= $updatedAt
          AND ($states = '[]' OR json_extract(record, '$.State') IN (SELECT value FROM json_each($states)))
          AND ($text = '' OR instr(lower(job_id), lower($text)) > 0
            OR instr(lower(json_extract(record, '$.PromptId')), lower($text)) > 0
            OR instr(lower(json_extract(record, '$.DatasetId')), lower($text)) > 0)
        ORDER BY {UpdatedAt} DESC, number DESC LIMIT $limit OFFSET $ties;
        """;

    public static JobsPage Read(SqliteConnection connection, JobsFilter filter)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Query;
        command.Parameters.AddWithValue("$updatedAt", filter.After.UpdatedAt);
        command.Parameters.AddWithValue("$states", JsonSerializer.Serialize(filter.States));
        command.Parameters.AddWithValue("$text", filter.Text);
        command.Parameters.AddWithValue("$limit", filter.Limit + 1);
        command.Parameters.AddWithValue("$ties", filter.After.Ties);
        using var rows = command.ExecuteReader();
        var (jobs, place) = (new List<JobRecord>(), filter.After);
        while (rows.Read())
        {
            if (jobs.Count == filter.Limit)
            {
                return new JobsPage(jobs, place);
            }

            jobs.Add(JsonSerializer.Deserialize<JobRecord>(rows.GetString(0))!);
            var time = rows.GetString(1);
            place = new ListPlace(time, time == place.UpdatedAt ? place.Ties + 1 : 1);
        }

        return new JobsPage(jobs, Next: null);
    }
}
