using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.IntegrationTests;

/// <summary>
/// nginx or HAProxy, as Debian has it, with the configuration in deploy/. Only what a test can't leave as it is shipped is replaced:
/// addresses, files, and what the test is about. Each replacement has to find its text.
/// </summary>
internal sealed class DeployedProxy : IAsyncDisposable
{
    public const string Nginx = "nginx";
    public const string Haproxy = "haproxy";

    /// <summary>The name that the configurations are written for.</summary>
    public const string HostName = "optimizer.example.com";

    /// <summary>A client says in it where it comes from, since all of a test's come from loopback; the proxy takes it for the connection's.</summary>
    public const string AddressHeader = "Test-Address";

    private readonly DirectoryInfo folder;
    private readonly TestAuthority authority;
    private readonly ProgramProcess process;

    private DeployedProxy(DirectoryInfo folder, TestAuthority authority, ProgramProcess process, int port)
    {
        (this.folder, this.authority, this.process) = (folder, authority, process);
        Url = new Uri($"https://127.0.0.1:{port}");
    }

    public Uri Url { get; }

    /// <param name="kind"><see cref="Nginx" /> or <see cref="Haproxy" />.</param>
    /// <param name="gateways">Where the two gateways are; one may stand for both.</param>
    /// <param name="timeout">What the timeouts of an idle connection are set to; as shipped by default.</param>
    /// <param name="isUnderAPath">Whether it is set up for the path /optimizer.</param>
    /// <param name="checks">How long HAProxy waits between two health checks.</param>
    /// <param name="isHashed">Whether HAProxy chooses the gateway by the job in the query.</param>
    public static async Task<DeployedProxy> StartAsync(
        string kind,
        Uri[] gateways,
        string timeout = "60s",
        bool isUnderAPath = false,
        string checks = "1s",
        bool isHashed = false
    )
    {
        Installed.Require(kind);
        var folder = Directory.CreateTempSubdirectory("gateway-proxy-");
        var authority = new TestAuthority();
        var port = ProgramProcess.FreePort();
        var files = new ProxyFiles(folder.FullName, authority.Issue(HostName), port, gateways, timeout, isUnderAPath, checks, isHashed);
        var (file, runtime) = kind == Nginx ? (files.WriteNginx(), "nginx -e stderr -c") : (files.WriteHaproxy(), "haproxy -db -f");
        var process = new ProgramProcess(file, [], new Uri($"http://127.0.0.1:{port}"), "PATH=$PATH:/usr/sbin", runtime);
        var proxy = new DeployedProxy(folder, authority, process, port);
        try
        {
            await process.StartAsync();
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the proxy has said.</summary>
    public string Output => process.Output;

    public Task<TestClient> ConnectAsync(string path = "/ws/optimization", params (string Name, string Value)[] headers) =>
        TestClient.ConnectAsync(
            new UriBuilder(new Uri(Url, path)) { Scheme = "wss" }.Uri,
            options =>
            {
                options.RemoteCertificateValidationCallback = IsTrusted;
                // Browsers say nothing by themselves; .NET would send a pong every 30 s.
                options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
                options.SetRequestHeader("Host", HostName);
                foreach (var (name, value) in headers)
                {
                    options.SetRequestHeader(name, value);
                }
            }
        );

    /// <summary>A WebSocket as a stream of a connection that a browser has already.</summary>
    public async Task<ClientWebSocket> ConnectOverHttp2Async()
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = System.Net.HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.SetRequestHeader("Host", HostName);
        using var invoker = new HttpMessageInvoker(TrustingTransport(), disposeHandler: false);
        await socket.ConnectAsync(
            new UriBuilder(Url) { Scheme = "wss", Path = "/ws/optimization" }.Uri,
            invoker,
            TestContext.Current.CancellationToken
        );
        return socket;
    }

    /// <summary>An ordinary request.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(TrustingTransport());
        using var request = new HttpRequestMessage(method, new Uri(Url, path));
        request.Headers.Host = HostName;
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    private SocketsHttpHandler TrustingTransport() =>
        new() { AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = IsTrusted } };

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        authority.IsSigner((X509Certificate2)certificate!);
}
