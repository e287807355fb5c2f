using OptimizationGateway.Testing.Postgres;

namespace OptimizationGateway.Faults.Logs.Run;

/// <summary>Puts a mistake into the functions of the logs, so that a run can prove that it would find it.</summary>
internal static class SeededBug
{
    private const string Lock = "for no key update;";
    private const string IsRepeat = "coalesce(p_producer_epoch = m.epoch and p_sequence <= m.sequence, false)";
    private const string Refusal = "refusal(j, m, r_is_repeat, p_expected, p_producer_epoch, p_sequence)";

    /// <summary>Changes the functions.</summary>
    /// <exception cref="InvalidOperationException">The function isn't as it was when the mistake was written.</exception>
    public static void Put(LogBug bug, PostgresServer server)
    {
        switch (bug)
        {
            case LogBug.AsynchronousWithoutFence:
                Replace(server, "went_back", "update jobs set epoch = new_epoch() where not ended;", "");
                break;
            case LogBug.IdsFromASequence:
                server.Execute("CREATE SEQUENCE optimization.bug;");
                Replace(server, "append_events", Lock, ";");
                Replace(server, "put_events", "select j.number, j.last_id + n,", "select j.number, nextval('bug'),");
                Replace(server, "put_events", "j.last_id := j.last_id + cardinality(p_types);", "j.last_id := currval('bug');");
                break;
            case LogBug.NoRowLock:
                // The key would refuse what the lock prevents.
                server.Execute("ALTER TABLE optimization.events DROP CONSTRAINT events_pkey;");
                server.Execute("CREATE INDEX ON optimization.events (job, id);");
                Replace(server, "append_events", Lock, ";");
                break;
            case LogBug.RetryWithoutCompare:
                Replace(server, "append_events", IsRepeat, "false");
                Replace(
                    server,
                    "append_events",
                    Refusal,
                    "case when p_producer_epoch = m.epoch and p_sequence <= m.sequence then null else refusal(j, m, false, p_expected, p_producer_epoch, p_sequence) end"
                );
                break;
            case LogBug.NoFencing:
                Replace(server, "append_events", Refusal, $"nullif({Refusal}, 'fenced')");
                break;
        }
    }

    private static void Replace(PostgresServer server, string function, string text, string mistake)
    {
        var source = (string)server.Scalar($"SELECT pg_get_functiondef('optimization.{function}'::regproc);")!;
        if (!source.Contains(text, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"optimization.{function} has no '{text}': the mistake must be written anew.");
        }

        server.Execute(source.Replace(text, mistake, StringComparison.Ordinal));
    }
}
