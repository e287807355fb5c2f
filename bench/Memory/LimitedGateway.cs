using System.Diagnostics;
using System.Globalization;
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

/// <summary>A gateway in a process of its own that may use so much memory. It is looked at from outside.</summary>
internal sealed class LimitedGateway : IAsyncDisposable
{
    private const string Cgroups = "/sys/fs/cgroup/memory";

    private readonly Process process;
    private readonly string? cgroup;
    private readonly Task reading;

    private LimitedGateway(Process process, string? cgroup, Uri url)
    {
        this.process = process;
        this.cgroup = cgroup;
        SocketUrl = new UriBuilder(url) { Scheme = "ws", Path = "/ws/optimization" }.Uri;
        reading = ReadAsync();
    }

    public Uri SocketUrl { get; }

    /// <summary>The lines that it wrote, which are warnings and errors.</summary>
    public List<string> Lines { get; } = [];

    public bool IsAlive => !process.HasExited;

    /// <summary>Its memory as the system counts it, in bytes; for a cgroup what counts against the limit.</summary>
    public long Memory
    {
        get
        {
            if (cgroup is not null)
            {
                return ReadNumber("memory.usage_in_bytes") - ReadStat("total_inactive_file");
            }

            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
    }

    /// <param name="limit">The kind of limit.</param>
    /// <param name="mebibytes">The limit.</param>
    /// <param name="settings">As <c>--Gateway:…=value</c>.</param>
    public static async Task<LimitedGateway> StartAsync(Limit limit, int mebibytes, params string[] settings)
    {
        var url = new UriBuilder("http", "127.0.0.1", ProgramProcess.FreePort()).Uri;
        var bytes = mebibytes * 1024L * 1024;
        var group = limit == Limit.Cgroup ? NewCgroup(bytes) : null;
        var enter = group is null ? "" : $"echo $$ > {group}/cgroup.procs; ";
        string[] command =
        [
            "-c",
            $"{enter}exec dotnet \"$@\"",
            "sh",
            typeof(LimitedGateway).Assembly.Location,
            MeasuredProgram.Verb,
            $"--urls={url}",
            "--Logging:LogLevel:Default=Warning",
            .. settings,
        ];
        var start = new ProcessStartInfo("sh", command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (limit == Limit.Heap)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = bytes.ToString("X", CultureInfo.InvariantCulture);
        }

        var gateway = new LimitedGateway(Process.Start(start)!, group, url);
        await Until.TrueAsync(() => Task.FromResult(gateway.Lines.Contains(MeasuredProgram.Ready)), "the gateway is ready");
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
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

    private async Task ReadAsync()
    {
        await Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));

        async Task ReadAsync(StreamReader output)
        {
            while (await output.ReadLineAsync() is { } line)
            {
                lock (Lines)
                {
                    Lines.Add(line);
                }
            }
        }
    }
}
