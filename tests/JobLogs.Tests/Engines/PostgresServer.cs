using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace OptimizationGateway.JobLogs.Tests.Engines;

/// <summary>A PostgreSQL server of the tests, in a folder and on a port of its own, with fsync as it is by default: on.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string Owner = "owner";
    private const int Terminate = 15;
    private const int Interrupt = 2;
    private const int Kill = 9;

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
            Unprivileged("postgres", "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}")
        )!;
        var started = Stopwatch.GetTimestamp();
        while (!IsReady())
        {
            Assert.False(process.HasExited, $"PostgreSQL doesn't start: {File.ReadAllText(Path.Combine(folder, "log"))}");
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "PostgreSQL doesn't answer.");
            Thread.Sleep(20);
        }
    }

    /// <summary>Ends the server at once, as a crash does.</summary>
    public void Crash()
    {
        // The children see that their parent is gone, and end.
        End(Kill);
        var started = Stopwatch.GetTimestamp();
        while (IsReady() && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
        {
            Thread.Sleep(20);
        }
    }

    public void Stop() => End(Interrupt);

    public void Promote()
    {
        Run("pg_ctl", "promote", "-w", "-D", Data);
    }

    /// <summary>Stops or continues all processes of the server, so that it gets nothing and says nothing.</summary>
    public void Signal(int signal)
    {
        foreach (var child in Directory.GetFiles($"/proc/{process!.Id}/task/{process.Id}", "children").SelectMany(ReadNumbers))
        {
            _ = kill(child, signal);
        }

        _ = kill(process.Id, signal);
    }

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
            End(Interrupt);
        }

        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

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
        Assert.True(run.ExitCode == 0, $"{program}: {File.ReadAllText(Path.Combine(folder, "log"))}");
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

    private void End(int signal)
    {
        _ = kill(process!.Id, signal);
        process.WaitForExit();
    }

    private static IEnumerable<int> ReadNumbers(string file) =>
        File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture));

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
