using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Faults.Rolling;

/// <summary>
/// HAProxy with the file in deploy/, for three gateways. Only what a run can't leave as it is shipped is replaced, and each replacement has to
/// find its text.
/// </summary>
internal sealed class HaproxyProgram : IAsyncDisposable
{
    public const string HostName = "optimizer.example.com";

    /// <summary>A client says in it where it comes from, since all come from loopback; HAProxy takes it for the connection's.</summary>
    private const string AddressHeader = "Test-Address";

    private readonly TestAuthority authority = new();
    private readonly ProgramProcess process;

    public HaproxyProgram(string folder, IReadOnlyList<IPEndPoint> gateways)
    {
        var port = ProgramProcess.FreePort();
        Url = new Uri($"wss://127.0.0.1:{port}/ws/optimization");
        var certificate = authority.Issue(HostName);
        var pem = Path.Combine(folder, "certificate.pem");
        File.WriteAllText(pem, File.ReadAllText(certificate.File) + "\n" + File.ReadAllText(certificate.KeyFile));
        var file = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(
            file,
            Replaced(
                File.ReadAllText(RepositoryRoot.Combine("deploy", "haproxy", "haproxy.cfg")),
                ("    bind :80\n", ""),
                ("bind :443", $"bind 127.0.0.1:{port}"),
                ("/etc/haproxy/certs/optimizer.example.com.pem", pem),
                // Twice as many descriptors, and a reload has two workers.
                ("maxconn 20000", "maxconn 8000"),
                ("    http-request redirect", $"    http-request set-src req.hdr({AddressHeader})\n    http-request redirect"),
                ("127.0.0.1:8080", $"{gateways[0]}"),
                ("    server gateway-2 127.0.0.1:8081", $"    server gateway-2 {gateways[1]}\n    server gateway-3 {gateways[2]}")
            )
        );
        process = new ProgramProcess(file, [], new Uri($"http://127.0.0.1:{port}"), "PATH=$PATH:/usr/sbin", "haproxy -W -db -f");
    }

    public Uri Url { get; }

    public string Output => process.Output;

    public Task StartAsync() => process.StartAsync();

    /// <summary>The master starts a new worker with the file as it is; the old one lives until its last WebSocket has ended.</summary>
    public void SendReload() => process.Send(Signal.UserDefined2);

    /// <summary>Creates the socket of a client at an address of its own.</summary>
    public ClientWebSocket NewSocket(int client)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Proxy = null;
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => authority.IsSigner((X509Certificate2)certificate!);
        socket.Options.SetRequestHeader("Host", HostName);
        socket.Options.SetRequestHeader(AddressHeader, $"10.1.{client / 250}.{(client % 250) + 1}");
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        authority.Dispose();
    }

    private static string Replaced(string text, params (string Old, string New)[] replacements)
    {
        foreach (var (old, @new) in replacements)
        {
            text = text.Contains(old, StringComparison.Ordinal)
                ? text.Replace(old, @new, StringComparison.Ordinal)
                : throw new InvalidOperationException($"deploy/haproxy/haproxy.cfg has no '{old}'.");
        }

        return text;
    }
}
