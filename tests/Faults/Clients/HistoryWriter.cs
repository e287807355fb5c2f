namespace OptimizationGateway.Faults.Clients;

/// <summary>A history as a file, a line of JSON each.</summary>
internal sealed class HistoryWriter(string path) : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter file = new(path, append: false, new System.Text.UTF8Encoding(false), bufferSize: 1 << 16);

    public void Write(HistoryLine line)
    {
        lock (gate)
        {
            file.WriteLine((line with { At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() }).Write());
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file.Dispose();
        }
    }
}
