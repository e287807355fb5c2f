using System.Text.Json;

namespace OptimizationGateway.Faults.Nemesis;

/// <summary>What was done, as a file.</summary>
internal sealed class FaultLog(string path) : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter file = new(path) { AutoFlush = true };

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public void Write(FaultRecord fault)
    {
        lock (gate)
        {
            file.WriteLine(JsonSerializer.Serialize(fault));
        }
    }

    public void Dispose() => file.Dispose();
}
