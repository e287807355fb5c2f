using Grpc.Core;
using Grpc.Net.Client;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>The endpoint under test.</summary>
internal sealed class Backend : IDisposable
{
    // As the gateway's.
    private const int StreamWindow = 128 * 1024;

    // The least that .NET has.
    private const int SmallWindow = 64 * 1024;

    // Above what the contract allows, so that a larger message is seen and measured.
    private const int MaxMessageBytes = 64 * 1024 * 1024;

    private readonly Uri address;
    private readonly Metadata metadata = [];
    private readonly TimeProvider time;
    private readonly BackendTls? tls;
    private readonly Connection shared;

    /// <exception cref="BadOptionException">The files for TLS are no such files.</exception>
    public Backend(KitOptions options, TimeProvider time)
    {
        this.time = time;
        address = options.Backend!;
        tls = address.Scheme == "https" ? new BackendTls(options) : null;
        foreach (var (key, value) in options.Metadata)
        {
            metadata.Add(key, value);
        }

        shared = Connect(asManyAsNeeded: true);
    }

    public Overheard Overheard { get; } = new();

    /// <summary>Calls of JobsService.</summary>
    public JobListing List => shared.List;

    public Watch Open(WatchJobRequest request, CancellationToken token) => shared.Open(request, token);

    /// <summary>One HTTP/2 connection of its own; dispose of it.</summary>
    public Connection Connect() => Connect(asManyAsNeeded: false);

    /// <summary>One on which little is sent to who reads nothing; dispose of it.</summary>
    public Connection ConnectNarrow() => Connect(asManyAsNeeded: false, isNarrow: true);

    public void Dispose()
    {
        shared.Dispose();
        tls?.Dispose();
    }

    private Connection Connect(bool asManyAsNeeded, bool isNarrow = false)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = asManyAsNeeded,
            InitialHttp2StreamWindowSize = asManyAsNeeded ? StreamWindow : SmallWindow,
        };
        if (isNarrow)
        {
            handler.PlaintextStreamFilter = (begin, _) => ValueTask.FromResult<Stream>(new NarrowStream(begin.PlaintextStream));
        }

        if (tls is not null)
        {
            handler.SslOptions = tls.NewOptions();
        }

        var channel = GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = MaxMessageBytes,
            }
        );
        return new Connection(channel, metadata, time, Overheard);
    }
}
