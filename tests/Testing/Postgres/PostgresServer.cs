using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace OptimizationGateway.Testing.Postgres;

/// <summary>A PostgreSQL server of the tests, in a folder and on a port of its own, with fsync as it is by default: on.</summary>
public sealed class PostgresServer : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string Owner = "owner";
    private const string Settings =
        "max_connections = 200\nwal_level = replica\nmax_wal_senders = 8\nmax_wal_size = 256MB\nlogging_collector = off\n";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly Lazy<PostgresServer> Shared = new(() => Create(Settings, diskMib: 0));

    private readonly string folder;
    private readonly int diskMib;
    private Process? process;

    private PostgresServer(int diskMib)
    {
        (folder, this.diskMib, Port) = (
            Directory.CreateTempSubdirectory("job-logs-postgres-").FullName,
            diskMib,
            ProgramProcess.FreePort()
        );
        HasDisk =
            diskMib > 0 && Environment.IsPrivilegedProcess && TryRun("mount", "-t", "tmpfs", "-o", $"size={diskMib}m", "tmpfs", folder);
        if (Environment.IsPrivilegedProcess)
        {
            TryRun("chown", "nobody", folder);
        }
    }

    /// <summary>The server that tests share. It is made by the first test that asks, and ends with the process.</summary>
    public static PostgresServer OfAssembly => Shared.Value;

    /// <summary>True if PostgreSQL's programs are installed.</summary>
    public static bool IsInstalled => File.Exists(Path.Combine(Programs, "postgres"));

    public int Port { get; }

    /// <summary>True if it has a disk of its own, in memory.</summary>
    public bool HasDisk { get; }

    public bool IsRunning => process is { HasExited: false };

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={Owner};Database=postgres";

    /// <summary>The server's processes, the first of which starts the others.</summary>
    public List<int> Processes =>
        [
            process!.Id,
            .. File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(number => int.Parse(number, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Makes a server, and starts it.</summary>
    /// <param name="settings">Lines of postgresql.conf.</param>
    /// <param name="diskMib">The size, in MiB, of a disk of its own and of its standbys' (<see cref="HasDisk"/>); 0: on the disk of temporary files.</param>
    public static PostgresServer Start(string settings = "", int diskMib = 0) => Create(Settings + settings, diskMib);

    /// <summary>Makes a standby of this server, and starts it.</summary>
    /// <param name="name">The name by which the primary knows it.</param>
    /// <param name="throughPort">The port to which it connects, of a proxy; null: the server's own.</param>
    public PostgresServer StartStandby(string name = "standby", int? throughPort = null)
    {
        var standby = new PostgresServer(diskMib);
        standby.CopyFrom(this, name, throughPort);
        return standby;
    }

    /// <summary>Throws away what this server has, and makes it a standby of another one, on the same port.</summary>
    /// <param name="primary">The other server.</param>
    /// <param name="name">The name by which the primary knows it.</param>
    /// <param name="throughPort">The port to which it connects, of a proxy; null: the primary's own.</param>
    public void CopyFrom(PostgresServer primary, string name, int? throughPort)
    {
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }

        Run("pg_basebackup", "-D", Data, "-h", "127.0.0.1", "-p", $"{primary.Port}", "-U", Owner, "-X", "stream", "-c", "fast");
        File.WriteAllText(Path.Combine(Data, "standby.signal"), "");
        File.AppendAllText(
            Path.Combine(Data, "postgresql.auto.conf"),
            $"primary_conninfo = 'host=127.0.0.1 port={throughPort ?? primary.Port} user={Owner} application_name={name}'\n"
        );
        Restart();
    }

    public void Restart()
    {
        process = Process.Start(
            Unprivileged(
                "postgres",
                "-D",
                Data,
                "-p",
                $"{Port}",
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                $"unix_socket_directories={folder}"
            )
        )!;
        var started = Stopwatch.GetTimestamp();
        while (!IsReady())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > StartLimit)
            {
                throw new InvalidOperationException($"PostgreSQL doesn't start: {File.ReadAllText(Path.Combine(folder, "log"))}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends the server at once, as a crash does.</summary>
    public void Crash()
    {
        var all = Processes;
        all.ForEach(one => Signals.TrySend(one, Signal.Kill));
        process!.WaitForExit();

        // The folder can be used again once all are gone: those whose parent is dead may stay as zombies.
        while (all.Any(IsAlive))
        {
            Thread.Sleep(5);
        }
    }

    /// <summary>Ends the server as its service does.</summary>
    public void Stop()
    {
        Signals.TrySend(process!.Id, Signal.Interrupt);
        process.WaitForExit();
    }

    public void Promote() => Run("pg_ctl", "promote", "-w", "-D", Data);

    /// <summary>Takes all room of its disk.</summary>
    /// <returns>Gives it back when disposed.</returns>
    public IDisposable FillDisk()
    {
        var filler = new FileStream(
            Path.Combine(folder, "filler"),
            FileMode.Create,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 0,
            FileOptions.DeleteOnClose
        );
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
            return filler;
        }
    }

    /// <summary>Starts it again if it has ended by itself, or is about to: it isn't ready then.</summary>
    public void RestartIfEnded()
    {
        var began = Stopwatch.GetTimestamp();
        while (!IsReady())
        {
            if (!IsRunning)
            {
                Restart();
                return;
            }

            if (Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                throw new InvalidOperationException($"PostgreSQL isn't ready: {File.ReadAllText(Path.Combine(folder, "log"))}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Holds all processes of the server up, so that it gets nothing and says nothing.</summary>
    public void Freeze() => Processes.ForEach(one => Signals.TrySend(one, Signal.Stop));

    /// <summary>Ends <see cref="Freeze"/>.</summary>
    public void Continue() => Processes.ForEach(one => Signals.TrySend(one, Signal.Continue));

    public void Execute(string text) => Scalar(text);

    public object? Scalar(string text)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=5;Command Timeout=10");
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        if (IsRunning)
        {
            // Not in order: a server that a failed test left frozen would never end.
            Crash();
        }

        if (HasDisk)
        {
            TryRun("umount", "--lazy", folder);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Data => Path.Combine(folder, "data");

    private static PostgresServer Create(string settings, int diskMib)
    {
        var server = new PostgresServer(diskMib);
        server.Run("initdb", "-D", server.Data, "-U", Owner, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions");
        File.AppendAllText(Path.Combine(server.Data, "postgresql.conf"), settings);
        server.Restart();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return server;
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        run.WaitForExit();
        return run.ExitCode == 0;
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private ProcessStartInfo Unprivileged(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", path, .. arguments]
            : [path, .. arguments];

        // exec: the process that is started is the server itself, whose number signals need.
        return new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >> \"$0\" 2>&1", Path.Combine(folder, "log"), .. command])
        {
            WorkingDirectory = folder,
        };
    }

    private void Run(string program, params string[] arguments)
    {
        using var run = Process.Start(Unprivileged(program, arguments))!;
        run.WaitForExit();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {File.ReadAllText(Path.Combine(folder, "log"))}");
        }
    }

    private bool IsReady()
    {
        try
        {
            Execute("SELECT;");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static bool IsAlive(int one)
    {
        try
        {
            return File.ReadAllText($"/proc/{one}/stat").Split(") ")[^1][0] is not 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
