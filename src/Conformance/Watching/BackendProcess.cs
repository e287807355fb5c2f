using System.Diagnostics;
using System.Globalization;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>The backend as a process of this machine.</summary>
internal sealed class BackendProcess(int pid) : IDisposable
{
    private const string Listening = "0A";
    private const int LocalAddress = 1;
    private const int State = 3;
    private const int Inode = 9;

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    private readonly Process process = Process.GetProcessById(pid);

    public int Pid => pid;

    /// <summary>The process's resident memory, in bytes.</summary>
    /// <exception cref="BreachException">It has ended.</exception>
    public long Memory => Read(each => each.WorkingSet64);

    /// <exception cref="BreachException">It has ended.</exception>
    public TimeSpan Cpu => Read(each => each.TotalProcessorTime);

    /// <summary>The process that listens there, by what Linux tells in /proc; null where that can't be known.</summary>
    public static BackendProcess? Find(Uri address)
    {
        if (!OperatingSystem.IsLinux() || !address.IsLoopback)
        {
            return null;
        }

        var port = address.Port.ToString("X4", CultureInfo.InvariantCulture);
        var sockets = Tables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row.Length > Inode && row[State] == Listening && row[LocalAddress].EndsWith($":{port}", StringComparison.Ordinal))
            .Select(row => $"socket:[{row[Inode]}]")
            .ToHashSet(StringComparer.Ordinal);

        var holders = sockets.Count == 0 ? [] : Process.GetProcesses().Select(each => each.Id).Where(id => Holds(id, sockets)).ToList();

        // Several that share a socket: which of them has the memory isn't told.
        return holders is [var only] ? new BackendProcess(only) : null;
    }

    public void Dispose() => process.Dispose();

    private T Read<T>(Func<Process, T> read)
    {
        try
        {
            process.Refresh();
            return read(process);
        }
        catch (InvalidOperationException)
        {
            throw new BreachException($"The backend's process {pid} has ended.");
        }
    }

    private static bool Holds(int pid, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries($"/proc/{pid}/fd")
                .Any(entry => new FileInfo(entry).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone in this moment, or somebody else's.
            return false;
        }
    }
}
