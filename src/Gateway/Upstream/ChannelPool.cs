using System.Net;
using Grpc.Core;
using Grpc.Net.Client;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// One backend's connections. Each carries a bounded number of streams: many servers advertise no limit of their own, and 250 streams on one
/// TCP connection stall together.
/// </summary>
internal sealed class ChannelPool(Uri address, UpstreamOptions options, ILoggerFactory loggers) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<PooledChannel> channels = [];

    /// <summary>A place on a connection, for one stream.</summary>
    /// <param name="returned">Called once the place is given back.</param>
    public ChannelLease Rent(Action returned)
    {
        lock (gate)
        {
            var channel = channels.Find(IsFree);
            if (channel is null)
            {
                channel = new PooledChannel(Open());
                channels.Add(channel);
            }

            channel.Streams++;
            return new ChannelLease(
                channel.Invoker,
                distrust: () => Distrust(channel),
                giveBack: () =>
                {
                    Return(channel);
                    returned();
                }
            );
        }
    }

    /// <summary>How many streams are open.</summary>
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
            channels.ForEach(c => c.Channel.Dispose());
            channels.Clear();
        }
    }

    private bool IsFree(PooledChannel channel) => !channel.IsDistrusted && channel.Streams < options.StreamsPerChannel;

    /// <summary>
    /// Its connection may be half open: TCP would find out after a quarter of an hour, and the channel puts every new stream on it until
    /// then. What streams it has are left to their own timeouts.
    /// </summary>
    private void Distrust(PooledChannel channel)
    {
        lock (gate)
        {
            channel.IsDistrusted = true;
        }
    }

    private void Return(PooledChannel channel)
    {
        lock (gate)
        {
            channel.Streams--;
            var isSpare = channel.IsDistrusted || channels.Count(IsFree) > 1;
            if (channel.Streams == 0 && isSpare && channels.Remove(channel))
            {
                channel.Channel.Dispose();
            }
        }
    }

    private GrpcChannel Open()
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
        };
        return GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions
            {
                HttpHandler = new WatchAnswer.Recorder(handler),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = options.MaxMessageBytes,
                // The pace of reopening is ours (Backoff, ReopenPacer); the channel only has to notice soon that its backend is back.
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
                MaxReconnectBackoff = TimeSpan.FromSeconds(1),
                LoggerFactory = loggers,
            }
        );
    }

    private sealed class PooledChannel(GrpcChannel channel)
    {
        public GrpcChannel Channel => channel;

        public CallInvoker Invoker { get; } = channel.CreateCallInvoker();

        public int Streams { get; set; }

        public bool IsDistrusted { get; set; }
    }
}
