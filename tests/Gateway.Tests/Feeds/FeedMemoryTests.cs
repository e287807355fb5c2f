using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Feeds;

/// <summary>What a feed costs after very many events, and what its viewers cost.</summary>
[Collection(Alone.Name)]
public sealed class FeedMemoryTests
{
    private const int RingBytes = 256 * 1024;
    private const int EventBytes = 250;

    /// <summary>What the runtime and the pools may hold besides.</summary>
    private const int Slack = 512 * 1024;

    private static readonly int Events = LongForm.IsAsked ? 10_000_000 : 30_000;

    [Fact]
    public void Very_many_events_with_viewers_that_join_at_random_leave_memory_where_it_was()
    {
        using var run = new FeedRun(ringBytes: RingBytes);
        var crowd = new Crowd(run, new Random(1));
        crowd.Run(events: 20_000);
        var (heap, ring) = (Heap(), run.Memory.Bytes);

        crowd.Run(Events);

        Assert.InRange(run.Memory.Bytes, 0, RingBytes + (64 * 1024));
        Assert.InRange(Heap() - heap, long.MinValue, Slack + RingBytes - Math.Min(ring, RingBytes));
        Assert.InRange(crowd.Joined, Events / 1_000, Events);
        Assert.InRange(crowd.Fallen, 1, crowd.Joined);

        crowd.Leave();
        Assert.Equal(0, run.Memory.Bytes);
    }

    [Fact]
    public void The_memory_of_a_seat_is_constant()
    {
        const int Seats = 1_000;
        using var run = new FeedRun(ringBytes: RingBytes);
        var reader = new Visitor(run.Found(0), cursor: 0);
        var stuck = Enumerable.Range(0, Seats).Select(_ => run.Join(0)!).ToList();
        var before = Heap();
        for (var id = 1; id <= 5_000; id++)
        {
            run.Append(id, padding: EventBytes);
            run.Feed.Wake();
            reader.TakeAll();
        }

        // The ring is full, and each has fallen or waits: neither has cost anything.
        Assert.InRange(Heap() - before, long.MinValue, RingBytes + Slack);
        Assert.Equal(Seats + 1, run.Feed.View.Viewers);
        Assert.All(stuck, viewer => Assert.Equal(0, viewer.Seat.Cursor));
        GC.KeepAlive(stuck);
    }

    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>One viewer that always reads, and some that come with any cursor, read now and then, fall and leave.</summary>
    private sealed class Crowd(FeedRun run, Random random)
    {
        private readonly Visitor reader = new(run.Found(0), cursor: 0);
        private readonly List<Visitor> visitors = [];
        private long head;

        public int Joined { get; private set; }

        public int Fallen { get; private set; }

        public void Run(int events)
        {
            for (var i = 0; i < events; i++)
            {
                run.Append(++head, previousId: head - 1, padding: EventBytes);
                if (head % 8 != 0)
                {
                    continue;
                }

                run.Feed.Wake();
                reader.TakeAll();
                Come();
                Go();
            }
        }

        public void Leave()
        {
            visitors.ForEach(visitor => visitor.Leave());
            reader.Leave();
        }

        private void Come()
        {
            if (visitors.Count >= 10 || random.Next(10) > 0)
            {
                return;
            }

            var cursor = random.NextInt64(run.Ring.Floor, head + 1);
            visitors.Add(new Visitor(run.Join(cursor)!, cursor));
            Joined++;
        }

        private void Go()
        {
            for (var i = visitors.Count - 1; i >= 0; i--)
            {
                var visitor = visitors[i];
                if (random.Next(20) == 0)
                {
                    visitor.TakeAll();
                }

                if (visitor.IsLost || random.Next(1_000) == 0)
                {
                    Fallen += visitor.IsLost ? 1 : 0;
                    visitor.Leave();
                    visitors.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>A viewer that keeps nothing of what it reads but where it is.</summary>
    private sealed class Visitor(Viewer viewer, long cursor)
    {
        private long last = cursor;

        public bool IsLost => viewer.Lost is not null;

        public void TakeAll() => last = viewer.Skim(last);

        public void Leave() => viewer.Unsubscribe();
    }
}
