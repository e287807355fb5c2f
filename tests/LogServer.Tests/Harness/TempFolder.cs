namespace OptimizationGateway.LogServer.Tests.Harness;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("log-server-").FullName;

    /// <returns>The path of a new file with this text.</returns>
    public string Write(string text)
    {
        var path = System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
