using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using OptimizationGateway.Testing;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>A PostgreSQL server of the tests, in a folder and on a port of its own, with fsync as it is by default: on.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string Owner = "owner";

    private static readonly Lazy<PostgresServer> Shared = new(Create);

    private readonly string folder;
    private Process? process;

    private PostgresServer(string folder, int port) => (this.folder, Port) = (folder, port);

    /// <summary>The one that tests share. It is made by the first test that asks, and ends with the process.</summary>
    public static PostgresServer OfAssembly
    {
        get
        {
            RequirePrograms();
            return Shared.Value;
        }
    }

    public int Port { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={Owner};Database=postgres";

    /// <summary>Makes a server, and starts it.</summary>
    public static PostgresServer Start()
    {
        RequirePrograms();
        return Create();
    }

    /// <summary>Makes a standby of this server, and starts it.</summary>
    public PostgresServer StartStandby()
    {
        var standby = new PostgresServer(NewFolder(), FreePort());
        Run("pg_basebackup", "-D", standby.Data, "-h", "127.0.0.1", "-p", $"{Port}", "-U", Owner, "-R", "-X", "stream", "-c", "fast");
        standby.Restart();
        return standby;
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
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                Assert.Fail($"PostgreSQL doesn't start: {Log}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends the server at once, as a crash does.</summary>
    public void Crash()
    {
        var all = Processes();
        Send(all, Signal.Kill);
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
        Signals.Send(process!.Id, Signal.Interrupt);
        process.WaitForExit();
    }

    public void Promote() => Run("pg_ctl", "promote", "-w", "-D", Data);

    /// <summary>Holds all processes of the server up, so that it gets nothing and says nothing.</summary>
    public void Freeze() => Send(Processes(), Signal.Stop);

    public void Continue() => Send(Processes(), Signal.Continue);

    public void Execute(string text)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        command.ExecuteNonQuery();
    }

    public object? Scalar(string text)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            // Not in order: a server that a failed test left frozen would never end.
            Crash();
        }

        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    private string Log => File.Exists(Path.Combine(folder, "log")) ? File.ReadAllText(Path.Combine(folder, "log")) : "";

    private static void RequirePrograms()
    {
        var areThere = File.Exists(Path.Combine(Programs, "postgres"));
        if (!areThere && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("install postgresql-15: make deps");
        }

        Assert.True(areThere, "postgresql-15 isn't installed.");
    }

    private static PostgresServer Create()
    {
        var server = new PostgresServer(NewFolder(), FreePort());
        server.Run("initdb", "-D", server.Data, "-U", Owner, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions");
        File.AppendAllText(
            Path.Combine(server.Data, "postgresql.conf"),
            "max_connections = 200\nwal_level = replica\nmax_wal_senders = 8\nmax_wal_size = 256MB\nlogging_collector = off\n"
        );
        server.Restart();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(server.folder))
            {
                server.Dispose();
            }
        };
        return server;
    }

    private static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("job-logs-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            Process.Start("chown", ["nobody", folder]).WaitForExit();
        }

        return folder;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private ProcessStartInfo Unprivileged(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", path, .. arguments]
            : [path, .. arguments];
        // exec: the process that is started is the server itself, whose number signals need.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >> \"$0\" 2>&1", Path.Combine(folder, "log"), .. command])
        {
            WorkingDirectory = folder,
        };
        return start;
    }

    private void Run(string program, params string[] arguments)
    {
        using var run = Process.Start(Unprivileged(program, arguments))!;
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, $"{program}: {Log}");
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

    /// <summary>The server's processes, the first of which starts the others.</summary>
    private List<int> Processes() =>
        [
            process!.Id,
            .. File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(n => int.Parse(n, CultureInfo.InvariantCulture)),
        ];

    private static bool IsAlive(int child)
    {
        try
        {
            return File.ReadAllText($"/proc/{child}/stat").Split(") ")[^1][0] is not 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Send(List<int> processes, Signal signal) => processes.ForEach(one => Signals.TrySend(one, signal));
}
