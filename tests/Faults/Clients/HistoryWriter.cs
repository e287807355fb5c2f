using OptimizationGateway.Faults.Checker;

namespace OptimizationGateway.Faults.Clients;

/// <summary>A history as a file, a line of JSON each. It also tells when history was sent.</summary>
internal sealed class HistoryWriter(string path, ReplayTimes replays) : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter file = new(path, append: false, new System.Text.UTF8Encoding(false), bufferSize: 1 << 16);

    public void Write(HistoryLine line)
    {
        lock (gate)
        {
            var dated = line with { At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() };
            file.WriteLine(dated.Write());
            replays.Take(dated);
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
