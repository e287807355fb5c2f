using System.Collections.Concurrent;

namespace OptimizationGateway.JobLogs.Sqlite;

/// <summary>The connections that read: as many as ever read at the same moment, kept open since their statements are prepared.</summary>
internal sealed class LogReaders(LogDatabase database) : IDisposable
{
    private readonly ConcurrentBag<LogReader> idle = [];

    public T Read<T>(Func<LogReader, T> read)
    {
        if (!idle.TryTake(out var reader))
        {
            reader = new LogReader(database);
        }

        try
        {
            var result = read(reader);
            idle.Add(reader);
            return result;
        }
        catch
        {
            // Not put back: its connection may be in any state.
            reader.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }
}
