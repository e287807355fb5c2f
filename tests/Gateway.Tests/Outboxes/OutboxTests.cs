using System.Text;
using CsCheck;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Tests.Outboxes;

public sealed class OutboxTests
{
    private const int LaneCapacity = 1_000;
    private const int ControlCapacity = 200;

    private readonly Outbox outbox = TestOutbox.New(LaneCapacity, ControlCapacity);

    [Fact]
    public void Messages_of_one_lane_keep_their_order()
    {
        var ticket = NewLane(out _);
        Write(ticket, "a", "b", "c");

        Assert.Equal(["a", "b", "c"], TakeAll());
    }

    [Fact]
    public async Task A_lane_knows_what_was_sent_and_what_was_only_taken()
    {
        var lane = outbox.OpenLane();
        var ticket = outbox.Ticket(lane);
        await ticket.WriteAsync(Events("abc", count: 2, last: 7, readAt: 100));
        await ticket.WriteAsync(Events("d", count: 1, last: 8, readAt: 200));
        Assert.Equal((3, 8L, 0L, 100L), Positions());

        // They are on their way: the client may not have them yet, so they are what it waits for.
        Assert.True(outbox.TryTake(out _, out var first));
        Assert.True(outbox.TryTake(out _, out var second));
        Assert.False(outbox.TryTake(out _, out _));
        Assert.Equal((0, 8L, 0L, 100L), Positions());
        outbox.Sent([first]);
        Assert.Equal((0, 8L, 7L, 200L), Positions());
        outbox.Sent([second]);
        Assert.Equal((0, 8L, 8L, 0L), Positions());
        Assert.Equal((3L, 4L), (outbox.View(lane).EventsSent, outbox.View(lane).BytesSent));

        // What the client has is still known when the lane is gone; a new subscription begins at nothing.
        outbox.Remove(lane);
        Assert.Equal(8, outbox.View(lane).SentEventId);
        var next = outbox.Ticket(lane);
        Assert.Equal((0, 0L, 0L, 0L), Positions());

        // What an earlier subscription was sent isn't counted for the next one.
        outbox.Sent([second]);
        Assert.Equal((0, 0L, 0L, 0L), Positions());
        await next.WriteAsync(Events("e", count: 1, last: 9, readAt: 300));
        Assert.True(outbox.TryTake(out _, out var third));
        outbox.Sent([second]);
        Assert.Equal((0, 9L, 0L, 300L), Positions());
        outbox.Sent([third]);
        Assert.Equal((0, 9L, 9L, 0L), Positions());

        (int, long, long, long) Positions()
        {
            var view = outbox.View(lane);
            return (view.QueuedEvents, view.QueuedEventId, view.SentEventId, view.OldestReadAt);
        }

        static OutboxMessage Events(string text, int count, long last, long readAt) =>
            new(Encoding.UTF8.GetBytes(text), text.Length, new MessageFacts(ServerMessageType.Replay, count, readAt, LastEventId: last));
    }

    [Fact]
    public async Task A_client_that_leaves_a_job_while_its_messages_are_on_their_way_has_waited_for_as_long()
    {
        var lane = outbox.OpenLane();
        await outbox.Ticket(lane).WriteAsync(At(100));
        Assert.True(outbox.TryTake(out _, out var receipt));
        outbox.Remove(lane);
        await outbox.Ticket(outbox.OpenLane()).WriteAsync(At(0));
        Assert.Equal(100, outbox.Backlog.OldestReadAt);

        // A message without events says nothing of the time; the next one does.
        outbox.Sent([receipt]);
        var other = outbox.Ticket(outbox.OpenLane());
        await other.WriteAsync(At(0));
        await other.WriteAsync(At(200));
        Assert.Equal(200, outbox.Backlog.OldestReadAt);

        static OutboxMessage At(long readAt) =>
            new(new byte[10], 10, new MessageFacts(ServerMessageType.Replay, 1, readAt, LastEventId: 1));
    }

    [Fact]
    public async Task What_waits_is_counted_and_nothing_is_left_of_it_in_the_end()
    {
        var held = new HeldMemory(1_000_000);
        var counted = TestOutbox.New(LaneCapacity, ControlCapacity, held: held);
        var (one, other) = (counted.OpenLane(), counted.OpenLane());
        Assert.Equal(2 * Costs.Subscription, held.Bytes);
        held.Add(-held.Bytes);
        var ticket = counted.Ticket(one);
        var message = Message(new string('x', 600));
        Write(ticket, message);
        Assert.True(counted.TryPost(Message("pong")));
        Write(counted.Ticket(other), Message("y"));
        var before = message.Held + Message("pong").Held + Message("y").Held;
        Assert.Equal(before, held.Bytes);

        // One whose producer waits holds its message.
        var waiting = ticket.WriteAsync(Message(new string('z', 600))).AsTask();
        Assert.Equal(before + message.Held, held.Bytes);

        counted.Remove(one);
        await waiting;
        counted.Discard();
        Assert.Equal(-2 * Costs.Subscription, held.Bytes);
    }

    [Fact]
    public void While_memory_is_short_little_waits_for_a_connection_in_all_and_no_stream_is_opened_for_one_that_has_much()
    {
        var held = new HeldMemory(100_000_000);
        var large = TestOutbox.New(laneBytes: 1_000_000, ControlCapacity, bytes: 2_000_000, held);
        var (one, other) = (large.OpenLane(), large.OpenLane());
        for (var i = 0; i < 10; i++)
        {
            Write(large.Ticket(one), Message(new string('x', 8_000)));
        }

        Assert.False(large.IsBehind);
        held.Add(65_000_000);
        Assert.True(large.IsBehind);
        var next = large.Ticket(other);
        Write(next, Message("an empty lane always takes one"));
        Assert.False(next.WriteAsync(Message("y")).AsTask().IsCompleted);

        while (large.IsBehind)
        {
            Assert.True(large.TryTake(out var message, out _));
            message.Return();
        }

        Assert.InRange(large.QueuedBytes, 1, MemoryPlan.LeastPerSubscription / 2);
    }

    [Fact]
    public void All_lanes_together_hold_no_more_than_a_connection_may_but_an_empty_one_always_takes_a_message()
    {
        var small = TestOutbox.New(LaneCapacity, ControlCapacity, bytes: 1_500);
        var (full, next, empty) = (small.OpenLane(), small.OpenLane(), small.OpenLane());
        Write(small.Ticket(full), Message(new string('x', 800)));
        var ticket = small.Ticket(next);
        Write(ticket, Message(new string('x', 300)));
        Assert.False(ticket.WriteAsync(Message(new string('x', 400))).AsTask().IsCompleted);
        Assert.True(small.Ticket(empty).WriteAsync(Message(new string('x', 400))).AsTask().IsCompleted);
    }

    [Fact]
    public async Task While_memory_is_short_little_waits_for_each_lane()
    {
        var held = new HeldMemory(10_000_000);
        var outbox = TestOutbox.New(512 * 1024, ControlCapacity, held: held);
        var ticket = outbox.Ticket(outbox.OpenLane());
        held.Add(6_600_000);
        Write(ticket, Message(new string('x', 60_000)));
        var waiting = ticket.WriteAsync(Message(new string('x', 60_000))).AsTask();
        Assert.False(waiting.IsCompleted);

        held.Add(-6_600_000);
        Assert.True(outbox.TryTake(out _, out _));
        await waiting;
        Assert.True(outbox.TryTake(out _, out _));
        Write(ticket, Message(new string('x', 100_000)));
        Write(ticket, Message(new string('x', 100_000)));
    }

    [Fact]
    public void Control_overtakes_what_waits_in_lanes()
    {
        Write(NewLane(out _), "event");
        Assert.True(outbox.TryPost(Message("pong")));

        Assert.Equal(["pong", "event"], TakeAll());
    }

    [Fact]
    public void Lanes_take_turns_by_bytes_so_that_a_replay_does_not_hold_up_its_neighbours()
    {
        var large = TestOutbox.New(1024 * 1024, ControlCapacity);
        var replay = large.Ticket(large.OpenLane());
        var live = large.Ticket(large.OpenLane());
        for (var i = 0; i < 100; i++)
        {
            Write(replay, Message(new string('r', 8 * 1024)));
        }

        Write(live, Message("live"));

        var before = 0;
        while (large.TryTake(out var message, out _) && message.Length != 4)
        {
            before += message.Length;
        }

        Assert.InRange(before, 0, 64 * 1024);
    }

    [Fact]
    public void A_message_longer_than_a_turn_is_sent_and_the_others_take_theirs_first()
    {
        var large = TestOutbox.New(1024 * 1024, ControlCapacity);
        Write(large.Ticket(large.OpenLane()), Message(new string('x', 200_000)));
        Write(large.Ticket(large.OpenLane()), Message("short"));

        Assert.True(large.TryTake(out var first, out _));
        Assert.True(large.TryTake(out var second, out _));
        Assert.Equal((5, 200_000), (first.Length, second.Length));
    }

    [Fact]
    public async Task A_full_lane_lets_its_producer_wait_until_there_is_room()
    {
        var ticket = NewLane(out _);
        Write(ticket, new string('x', 600));
        var waiting = ticket.WriteAsync(Message(new string('y', 600))).AsTask();
        Assert.False(waiting.IsCompleted);

        Assert.True(outbox.TryTake(out _, out _));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal([new string('y', 600)], TakeAll());
    }

    [Fact]
    public void One_message_larger_than_the_lane_may_enter_an_empty_one()
    {
        Write(NewLane(out _), new string('x', 5_000));

        Assert.Single(TakeAll());
    }

    [Fact]
    public async Task Clearing_drops_what_waits_ends_the_wait_and_silences_the_old_producer()
    {
        var old = NewLane(out var lane);
        Write(old, new string('x', 900));
        var waiting = old.WriteAsync(Message(new string('y', 900)));

        outbox.Clear(lane);
        await waiting;
        Write(old, "too late");
        Write(outbox.Ticket(lane), "new");

        Assert.Equal(["new"], TakeAll());
    }

    [Fact]
    public void Clearing_tells_whether_the_client_believes_its_subscription_open()
    {
        var ticket = NewLane(out var lane);
        Write(ticket, Message("subscribed", ServerMessageType.Subscribed));

        // Queued is not sent: a client that never saw it needs no unsubscribed.
        Assert.False(outbox.Clear(lane));

        Write(outbox.Ticket(lane), Message("subscribed", ServerMessageType.Subscribed));
        TakeAll();
        Assert.True(outbox.Clear(lane));

        Write(outbox.Ticket(lane), Message("unsubscribed", ServerMessageType.Unsubscribed));
        TakeAll();
        Assert.False(outbox.Clear(lane));
    }

    [Fact]
    public void A_client_that_sends_and_does_not_read_fills_the_control_lane()
    {
        Assert.True(outbox.TryPost(Message(new string('x', 100))));

        Assert.False(outbox.TryPost(Message("y")));
    }

    [Fact]
    public async Task Closing_keeps_the_answers_drops_the_lanes_and_ends_the_taking()
    {
        var ticket = NewLane(out _);
        Write(ticket, "event");
        outbox.TryPost(Message("error"));

        outbox.Close();
        Write(ticket, "too late");

        Assert.True(await outbox.WaitToTakeAsync());
        Assert.Equal(["error"], TakeAll());
        Assert.False(await outbox.WaitToTakeAsync());
    }

    [Fact]
    public async Task A_lane_is_drained_once_all_is_taken()
    {
        var ticket = NewLane(out _);
        Write(ticket, "a");
        var drained = ticket.DrainedAsync();
        Assert.False(drained.IsCompleted);

        TakeAll();

        await drained.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Whatever_is_done_each_lane_keeps_its_order_and_the_count_of_bytes_is_right() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4])
            .List[1, 200]
            .Sample(steps =>
            {
                var model = TestOutbox.New(int.MaxValue, int.MaxValue);
                var lanes = Enumerable.Range(0, 4).Select(_ => model.OpenLane()).ToArray();
                var expected = lanes.Select(_ => new Queue<int>()).ToArray();
                var next = 0;
                foreach (var (lane, what) in steps)
                {
                    if (what < 3)
                    {
                        expected[lane].Enqueue(next);
                        Write(model.Ticket(lanes[lane]), Message($"{lane}:{next++}"));
                    }
                    else if (what == 3)
                    {
                        model.Clear(lanes[lane]);
                        expected[lane].Clear();
                    }
                    else if (model.TryTake(out var message, out _))
                    {
                        var parts = Text(message).Split(':');
                        Assert.Equal(expected[int.Parse(parts[0], null)].Dequeue(), int.Parse(parts[1], null));
                    }
                }

                var left = 0;
                while (model.TryTake(out var message, out _))
                {
                    var parts = Text(message).Split(':');
                    Assert.Equal(expected[int.Parse(parts[0], null)].Dequeue(), int.Parse(parts[1], null));
                    left++;
                }

                Assert.All(expected, Assert.Empty);
                Assert.Equal(0, model.QueuedBytes);
                Assert.False(model.TryTake(out _, out _));
            });

    [Fact]
    public async Task Whatever_is_done_no_lane_holds_more_than_it_may_and_who_waits_is_let_in_once_there_is_room()
    {
        var step = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[1, 400]);
        await step.List[1, 200]
            .SampleAsync(async steps =>
            {
                var model = TestOutbox.New(LaneCapacity, int.MaxValue);
                var lanes = Enumerable.Range(0, 3).Select(_ => new ModelLane(model)).ToArray();
                foreach (var (which, what, length) in steps)
                {
                    if (what == 5)
                    {
                        lanes[which].Clear();
                    }
                    else if (what >= 3)
                    {
                        TakeOne(model, lanes);
                    }
                    else
                    {
                        lanes[which].Write((byte)which, length);
                    }

                    await Task.WhenAll(lanes.Select(lane => lane.AssertAsync()));
                }

                while (TakeOne(model, lanes))
                {
                    await Task.WhenAll(lanes.Select(lane => lane.AssertAsync()));
                }

                Assert.All(lanes, lane => Assert.Empty(lane.Queued));
            });
    }

    [Fact]
    public void Lanes_that_stay_busy_get_their_share_whatever_the_size_of_their_messages() =>
        Gen.Int[1, 100_000]
            .Array[2, 5]
            .Sample(sizes =>
            {
                const int Turn = 32 * 1024;
                var model = TestOutbox.New(int.MaxValue, int.MaxValue);
                foreach (var (size, lane) in sizes.Select((size, lane) => (size, lane)))
                {
                    var ticket = model.Ticket(model.OpenLane());
                    for (var left = 1_000_000; left > 0; left -= size)
                    {
                        Write(ticket, Filled((byte)lane, size));
                    }
                }

                var sent = new long[sizes.Length];
                while (sent.Max() < 800_000 && model.TryTake(out var message, out _))
                {
                    sent[message.Bytes.Span[0]] += message.Length;
                    message.Return();
                    Assert.InRange(sent.Max() - sent.Min(), 0, (2 * Turn) + (2 * sizes.Max()));
                }
            });

    private static bool TakeOne(Outbox model, ModelLane[] lanes)
    {
        if (!model.TryTake(out var message, out _))
        {
            return false;
        }

        lanes[message.Bytes.Span[0]].Taken(message.Held);
        message.Return();
        return true;
    }

    private static OutboxMessage Filled(byte with, int length)
    {
        using var buffer = new MessageBuffer();
        buffer.GetSpan(length)[..length].Fill(with);
        buffer.Advance(length);
        return buffer.Detach(new MessageFacts(ServerMessageType.Event));
    }

    /// <summary>One lane and what it should hold: one producer, which writes the next message once the last is in.</summary>
    private sealed class ModelLane(Outbox outbox)
    {
        private readonly Lane lane = outbox.OpenLane();
        private Task waiting = Task.CompletedTask;
        private int waitingHeld;

        public Queue<int> Queued { get; } = new();

        public void Write(byte id, int length)
        {
            if (waitingHeld > 0)
            {
                return;
            }

            var message = Filled(id, length);
            var held = message.Held;
            var mustWait = Queued.Count > 0 && Queued.Sum() + held > LaneCapacity;
            waiting = outbox.Ticket(lane).WriteAsync(message).AsTask();
            Assert.Equal(mustWait, !waiting.IsCompleted);
            waitingHeld = mustWait ? held : 0;
            if (!mustWait)
            {
                Queued.Enqueue(held);
            }
        }

        public void Taken(int held)
        {
            Assert.Equal(Queued.Dequeue(), held);
            if (waitingHeld > 0 && (Queued.Count == 0 || Queued.Sum() + waitingHeld <= LaneCapacity))
            {
                Queued.Enqueue(waitingHeld);
                waitingHeld = 0;
            }
        }

        public void Clear()
        {
            outbox.Clear(lane);
            Queued.Clear();
            waitingHeld = 0;
        }

        /// <summary>Whoever may go on, goes on; the lane holds what it should.</summary>
        public async Task AssertAsync()
        {
            if (waitingHeld == 0)
            {
                await waiting.WaitAsync(TimeSpan.FromSeconds(10));
            }

            Assert.Equal(waitingHeld > 0, !waiting.IsCompleted);
            Assert.Equal(Queued.Sum(), lane.Bytes);
            Assert.InRange(lane.Bytes, 0, LaneCapacity);
        }
    }

    private LaneTicket NewLane(out Lane lane)
    {
        lane = outbox.OpenLane();
        return outbox.Ticket(lane);
    }

    private static void Write(LaneTicket ticket, params string[] texts)
    {
        foreach (var text in texts)
        {
            Write(ticket, Message(text));
        }
    }

    /// <summary>Writes what must fit at once.</summary>
    private static void Write(LaneTicket ticket, OutboxMessage message) => Assert.True(ticket.WriteAsync(message).AsTask().IsCompleted);

    private List<string> TakeAll()
    {
        var taken = new List<string>();
        while (outbox.TryTake(out var message, out _))
        {
            taken.Add(Text(message));
            message.Return();
        }

        return taken;
    }

    private static string Text(OutboxMessage message) => Encoding.UTF8.GetString(message.Bytes.Span);

    private static OutboxMessage Message(string text, ServerMessageType type = ServerMessageType.Event)
    {
        using var buffer = new MessageBuffer();
        Encoding.UTF8.GetBytes(text, buffer);
        return buffer.Detach(new MessageFacts(type));
    }
}
