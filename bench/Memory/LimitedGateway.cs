using System.Globalization;
using OptimizationGateway.Gateway;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Memory;

/// <summary>How the memory of a gateway is limited.</summary>
internal enum Limit
{
    /// <summary>By .NET: <c>DOTNET_GCHeapHardLimit</c>.</summary>
    Heap,

    /// <summary>By the kernel: a cgroup, as a container has one. The process is killed if it goes over it.</summary>
    Cgroup,
}

/// <summary>The gateway's own program, which may use so much memory. It is looked at from outside.</summary>
internal sealed class LimitedGateway : IAsyncDisposable
{
    private const string Cgroups = "/sys/fs/cgroup/memory";

    private readonly ProgramProcess process;
    private readonly string? cgroup;

    private LimitedGateway(ProgramProcess process, string? cgroup, Uri url)
    {
        this.process = process;
        this.cgroup = cgroup;
        SocketUrl = new UriBuilder(url) { Scheme = "ws", Path = "/ws/optimization" }.Uri;
    }

    public Uri SocketUrl { get; }

    /// <summary>The lines that it wrote, which are warnings and errors.</summary>
    public IReadOnlyList<string> Lines => process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public bool IsAlive => process.IsAlive;

    /// <summary>Its memory as the system counts it, in bytes; for a cgroup what counts against the limit.</summary>
    public long Memory => cgroup is null ? process.Memory : ReadNumber("memory.usage_in_bytes") - ReadStat("total_inactive_file");

    /// <param name="limit">The kind of limit.</param>
    /// <param name="mebibytes">The limit.</param>
    /// <param name="settings">As <c>--Gateway:…=value</c>.</param>
    public static async Task<LimitedGateway> StartAsync(Limit limit, int mebibytes, params string[] settings)
    {
        var url = new UriBuilder("http", "127.0.0.1", ProgramProcess.FreePort()).Uri;
        var bytes = mebibytes * 1024L * 1024;
        var entered = limit == Limit.Cgroup ? NewCgroup(bytes) : null;
        var program = new ProgramProcess(
            typeof(GatewayHost).Assembly.Location,
            [$"--urls={url}", "--Logging:LogLevel:Default=Warning", .. settings],
            new Uri(url, "/health/ready"),
            entered is null
                ? $"export DOTNET_GCHeapHardLimit={bytes.ToString("X", CultureInfo.InvariantCulture)}"
                : $"echo $$ > {entered}/cgroup.procs"
        );
        await program.StartAsync();
        return new LimitedGateway(program, entered, url);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        if (cgroup is not null)
        {
            Directory.Delete(cgroup);
        }
    }

    private static string NewCgroup(long bytes)
    {
        var path = $"{Cgroups}/gateway-{Environment.ProcessId}";
        Directory.CreateDirectory(path);
        File.WriteAllText($"{path}/memory.limit_in_bytes", bytes.ToString(CultureInfo.InvariantCulture));
        return path;
    }

    private long ReadNumber(string file) => long.Parse(File.ReadAllText($"{cgroup}/{file}"), CultureInfo.InvariantCulture);

    private long ReadStat(string name) =>
        File.ReadLines($"{cgroup}/memory.stat")
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => long.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture))
            .First();
}
