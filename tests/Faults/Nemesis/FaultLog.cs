using System.Text.Json;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What was done, also as a file.</summary>
internal sealed class FaultLog(string path) : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter file = new(path) { AutoFlush = true };
    private readonly List<FaultRecord> written = [];

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>All so far.</summary>
    public IReadOnlyList<FaultRecord> Written
    {
        get
        {
            lock (gate)
            {
                return [.. written];
            }
        }
    }

    public void Write(FaultRecord fault)
    {
        lock (gate)
        {
            written.Add(fault);
            file.WriteLine(JsonSerializer.Serialize(fault));
        }
    }

    public void Dispose() => file.Dispose();
}
