using Microsoft.Extensions.Logging;
using Npgsql;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Knows whether the server answers and can be written, and since when.</summary>
internal sealed partial class ServerHealth(WatchedJobs watched, string place, TimeProvider time, ILogger logger)
{
    // A failover takes as long: watches that go on by themselves needn't hear of it.
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(5);

    private volatile bool isAway;
    private volatile bool isUnwritable;
    private volatile bool isFull;
    private long awaySince;
    private long listeningSince = time.GetTimestamp();

    public bool IsFailing => isAway || isUnwritable;

    /// <summary>True if the last append that was made or failed has failed because the server's disk is full.</summary>
    public bool IsFull => isUnwritable && isFull;

    /// <summary>True if an append failed, and none was made since.</summary>
    public bool IsUnwritable => isUnwritable;

    /// <summary>The time for which producers could be heard without a break.</summary>
    public TimeSpan Listened => time.GetElapsedTime(Volatile.Read(ref listeningSince));

    public void Answered()
    {
        if (isAway)
        {
            Volatile.Write(ref listeningSince, time.GetTimestamp());
            // First, because whoever sees that the server answers may wait at once.
            watched.SetBack();
            isAway = false;
            LogBack(place);
        }
    }

    public void Failed(Exception fault)
    {
        if (!isAway)
        {
            awaySince = time.GetTimestamp();
            isAway = true;
            LogAway(place, fault.FirstLine());
        }
        else if (time.GetElapsedTime(awaySince) > Silent)
        {
            watched.SetAway();
        }
    }

    public void Written()
    {
        if (isUnwritable)
        {
            isUnwritable = false;
            LogWritten(place);
        }
    }

    /// <summary>Takes note of an append that failed, unless that tells nothing of the server.</summary>
    public void NotWritten(NpgsqlException fault)
    {
        if (!isUnwritable && IsUnable(fault))
        {
            isFull = fault.SqlState == PostgresErrorCodes.DiskFull;
            isUnwritable = true;
            LogNotWritten(place, fault.FirstLine());
        }
    }

    private static bool IsUnable(NpgsqlException fault) =>
        fault is PostgresException { SqlState: var state }
            // Read-only; resources such as a full disk; a shutdown; a fault of the system.
            ? state == PostgresErrorCodes.ReadOnlySqlTransaction || state[..2] is "53" or "57" or "58" or "XX"
            // An append may wait for a long time for a transaction that holds its job.
            : fault.InnerException is not TimeoutException;

    [LoggerMessage(Level = LogLevel.Error, Message = "The event log at {Place} doesn't answer: {Error}. It is tried again")]
    private partial void LogAway(string place, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The event log at {Place} answers again")]
    private partial void LogBack(string place);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event log at {Place} can't be written: {Error}")]
    private partial void LogNotWritten(string place, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The event log at {Place} is written again")]
    private partial void LogWritten(string place);
}
