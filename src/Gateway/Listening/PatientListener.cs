using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OptimizationGateway.Gateway.Transports;

namespace OptimizationGateway.Gateway.Listening;

/// <summary>
/// Accepts connections one at a time, each in its turn with the pool's other work, while there are descriptors and room for them. Else it
/// closes connections that aren't WebSockets to make room, or new ones wait in the kernel's queue. Kestrel's own listener takes all that
/// there are at once, and also the last descriptor; then it retries without a pause: it keeps a core busy, and the process ends with the
/// next thread it needs.
/// </summary>
internal sealed class PatientListener : IConnectionListener
{
    /// <summary>
    /// The most connections that wait in the kernel, if its own limit allows as many (net.core.somaxconn, 4,096 on Linux). With Kestrel's 512
    /// more of a crowd would have to try again, after a second or three.
    /// </summary>
    private const int Backlog = 4_096;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket socket;
    private readonly SocketConnectionContextFactory connections;
    private readonly WaitingConnections waiting;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource unbound = new();
    private readonly Descriptors descriptors = Descriptors.OfThisProcess();
    private bool areScarce;

    private PatientListener(Socket socket, SocketTransportOptions options, WaitingConnections waiting, TimeProvider time, ILogger logger)
    {
        this.socket = socket;
        this.waiting = waiting;
        this.time = time;
        connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                IOQueueCount = options.IOQueueCount,
                MaxReadBufferSize = options.MaxReadBufferSize,
                MaxWriteBufferSize = options.MaxWriteBufferSize,
                UnsafePreferInlineScheduling = options.UnsafePreferInlineScheduling,
                WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
            },
            logger
        );
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    /// <exception cref="AddressInUseException">Another process listens there.</exception>
    public static PatientListener Bind(
        EndPoint endpoint,
        SocketTransportOptions options,
        WaitingConnections waiting,
        TimeProvider time,
        ILogger logger
    )
    {
        Socket listening;
        try
        {
            listening = options.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }

        listening.Listen(Backlog);
        return new PatientListener(listening, options, waiting, time, logger);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, unbound.Token);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Newcomers come in no faster than those before them are served, and the kernel keeps the rest: thousands at once would delay
                // everyone's events by seconds.
                await new PoolTurn();
                areScarce = areScarce && descriptors.AreScarce();
                if ((areScarce || waiting.AreTooMany) && !waiting.TryLetOldestGo(areScarce))
                {
                    await Task.Delay(Pause, time, stop.Token);
                    continue;
                }

                var accepted = await socket.AcceptAsync(stop.Token);
                // A low number may be that of a descriptor that was just closed.
                areScarce |= descriptors.AreScarce(accepted.Handle);
                if (accepted.LocalEndPoint is IPEndPoint)
                {
                    accepted.NoDelay = true;
                }

                var connection = connections.Create(accepted);
                waiting.Add(connection);
                return connection;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                areScarce = true;
            }
            catch (SocketException)
            {
                // The connection was reset while it waited in the queue.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await unbound.CancelAsync();
        socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        connections.Dispose();
    }
}
