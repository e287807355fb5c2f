using System.Buffers;
using System.Net.WebSockets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Tests.Outboxes;
using OptimizationGateway.Gateway.Translation;
using OptimizationGateway.Gateway.Transports;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Feeds;

/// <summary>The memory that events take on their way, as the runtime counts it.</summary>
public sealed class AllocationTests
{
    private const int Events = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// From the gRPC message over watch, translation, ring, seat and outbox to the frame. Half a byte an event is left: an object for each
    /// chunk of the ring.
    /// </summary>
    [Fact]
    public async Task A_live_event_takes_no_memory_from_the_message_to_the_frame()
    {
        using var way = new Way();
        way.Take(Say.Subscribed(last: 0).ToByteArray());

        var least = long.MaxValue;
        for (var began = TimeProvider.System.GetTimestamp(); least > Events && TimeProvider.System.GetElapsedTime(began) < Patience; )
        {
            // Until all code is compiled for speed and all pools are filled.
            await Task.Delay(20, TestContext.Current.CancellationToken);
            least = Math.Min(least, way.TakeEvents(Events));
        }

        Assert.Equal(way.Taken, way.Sent);
        Assert.InRange(least, 0, Events);
    }

    /// <summary>The way of an event in one thread: only the calls over gRPC and the socket are left out.</summary>
    private sealed class Way : IDisposable
    {
        private readonly FeedRun feed = new(ringBytes: 256 * 1024);
        private readonly WatchMachine machine = new(
            new WatchStart("job", 0, Epoch: null, HistoryOnly: false),
            new UpstreamOptions(),
            new Random(1)
        );
        private readonly Payload payload = new();
        private readonly FrameStream frames = new(Stream.Null);
        private readonly Outbox outbox = TestOutbox.New(512 * 1024, 64 * 1024);
        private readonly WebSocket socket = WebSocket.CreateFromStream(Stream.Null, new WebSocketCreationOptions());
        private readonly FeedWriter writer;

        public Way()
        {
            writer = new FeedWriter(feed.Feed, new TranslationOptions(), TimeProvider.System, (_, _, _) => Assert.Fail("refused"));
            _ = new SocketWriter(socket, frames, outbox, (facts, _) => Sent += facts.Events).DrainAsync(CancellationToken.None);
            outbox.Ticket(outbox.OpenLane()).Attach(feed.Feed.Found(new Viewer(), 0));
            Assert.IsType<WatchAction.AwaitTurn>(machine.Next(TimeSpan.Zero));
            machine.TurnCame(TimeSpan.Zero);
            Assert.IsType<WatchAction.OpenStream>(machine.Next(TimeSpan.Zero));
            machine.StreamOpened(TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        public long Taken { get; private set; }

        public long Sent { get; private set; }

        /// <returns>The memory that was allocated for it, in bytes.</returns>
        public long TakeEvents(int count)
        {
            var encoded = Enumerable.Range(1, count).Select(i => Encode(Taken + i)).ToArray();
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var message in encoded)
            {
                Take(message);
                Taken++;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        private static byte[] Encode(long id)
        {
            var jobEvent = Say.Event(id, previous: id - 1);
            jobEvent.Details = new Struct
            {
                Fields =
                {
                    ["model"] = Value.ForString("a-model"),
                    ["tokens"] = Value.ForNumber(1234),
                    ["loss"] = Value.ForNumber(0.0625),
                },
            };
            return Say.Live(jobEvent).ToByteArray();
        }

        /// <summary>Does what a stream, its watch and its feed do with a message.</summary>
        public void Take(byte[] encoded)
        {
            Assert.IsType<WatchAction.Read>(Settle());
            payload.Bytes = encoded;
            var message = WatchMethod.WatchJob.ResponseMarshaller.ContextualDeserializer(payload);
            machine.Received(TimeSpan.Zero, new WatchRead(message, null));
            Settle();
            message.Return();
            feed.Feed.Wake();
        }

        public void Dispose()
        {
            outbox.Close();
            writer.Dispose();
            socket.Dispose();
            frames.Dispose();
            feed.Dispose();
        }

        private WatchAction.Read Settle()
        {
            while (true)
            {
                switch (machine.Next(TimeSpan.Zero))
                {
                    case WatchAction.Tell { Step: WatchStep.Live or WatchStep.History } tell:
                        Assert.Null(writer.Write(tell.Step));
                        break;
                    case WatchAction.Read read:
                        return read;
                }
            }
        }
    }

    private sealed class Payload : DeserializationContext
    {
        public byte[] Bytes { get; set; } = [];

        public override int PayloadLength => Bytes.Length;

        public override byte[] PayloadAsNewBuffer() => [.. Bytes];

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(Bytes);
    }
}
