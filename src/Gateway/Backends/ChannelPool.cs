using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// One replica's connections. Each carries a bounded number of streams: many servers advertise no limit of their own, and 250 streams on one
/// TCP connection stall together.
/// </summary>
/// <param name="url">The replica's URL, with the name that its certificate is for.</param>
/// <param name="place">The replica's place; null if the URL says it.</param>
/// <param name="tls">The TLS settings; null if the URL isn't <c>https://</c>.</param>
/// <param name="options">The limits.</param>
/// <param name="budget">The backend's memory for messages that are arriving; each connection may use half of it.</param>
/// <param name="loggers">For the client library.</param>
internal sealed class ChannelPool(
    Uri url,
    EndPoint? place,
    BackendTls? tls,
    UpstreamOptions options,
    ArrivalBudget budget,
    ILoggerFactory loggers
) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<PooledChannel> channels = [];
    private readonly HeaderLimit headerLimit = new();

    /// <summary>The most bytes of headers that the replica takes; null as long as it hasn't said.</summary>
    public long? HeaderLimit => headerLimit.Bytes;

    /// <summary>Takes a place on a channel for one stream.</summary>
    public PooledChannel Rent()
    {
        var files = tls?.Files;
        lock (gate)
        {
            var channel = channels.Find(channel => IsFree(channel) && channel.Files == files);
            if (channel is null)
            {
                channel = Open(files);
                channels.Add(channel);
            }

            channel.Streams++;
            return channel;
        }
    }

    /// <summary>The number of open streams.</summary>
    public int Streams
    {
        get
        {
            lock (gate)
            {
                return channels.Sum(c => c.Streams);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            channels.ForEach(c => c.Dispose());
            channels.Clear();
        }
    }

    /// <summary>
    /// Takes a connection out of use that may be half open: TCP would find out after a quarter of an hour, and until then the channel would put
    /// every new stream on it. Streams that it has are left to their own timeouts.
    /// </summary>
    public void Distrust(PooledChannel channel)
    {
        lock (gate)
        {
            channel.IsDistrusted = true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Return(PooledChannel channel)
    {
        lock (gate)
        {
            channel.Streams--;
            var isSpare = channel.IsDistrusted || channels.Count(IsFree) > 1;
            if (channel.Streams == 0 && isSpare && channels.Remove(channel))
            {
                channel.Dispose();
            }
        }
    }

    private bool IsFree(PooledChannel channel) => !channel.IsDistrusted && channel.Streams < options.StreamsPerChannel;

    private PooledChannel Open(TlsFiles? files)
    {
        var handler = new SocketsHttpHandler
        {
            // Should the server allow fewer streams than we do, the rest would wait in silence without it.
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            InitialHttp2StreamWindowSize = options.StreamWindowBytes,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,

            // The trace is handed on by WatchTrace: left to itself the handler names a span of its own that nobody exports.
            ActivityHeadersPropagator = null,
            PlaintextStreamFilter = (begin, _) => ValueTask.FromResult(headerLimit.Notice(begin.PlaintextStream)),
        };
        if (place is not null)
        {
            handler.ConnectCallback = (_, stop) => ConnectAsync(place, stop);
        }

        var handshake = tls?.NewHandshake();
        if (files is not null && handshake is not null)
        {
            handler.SslOptions = BackendTls.OptionsOf(files, handshake);
        }

        var channel = GrpcChannel.ForAddress(
            url,
            new GrpcChannelOptions
            {
                HttpHandler = new WatchAnswer.Recorder(new MessageGate(handler, budget.Share(2), options)),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = options.MaxMessageBytes,

                // The only compression that is offered to backends. GatedStream decompresses: the library never sees a compressed message.
                CompressionProviders = [new GzipCompressionProvider(CompressionLevel.Fastest)],

                // The pace of reopening is ours (Backoff, ReopenPacer); the channel only has to notice soon that its backend is back.
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
                MaxReconnectBackoff = TimeSpan.FromSeconds(1),
                LoggerFactory = loggers,
            }
        );
        return new PooledChannel(channel, files, handshake);
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
