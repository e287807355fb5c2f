using CsCheck;
using OptimizationGateway.Gateway.Feeds;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Gateway.Tests.Feeds;

/// <summary>
/// Any order of events, joins, reads, falls, outages and leaves, against a list: each viewer gets every event above its cursor once and in
/// order, from the feed or, where that grants no seat, from the list as a watch of its own would.
/// The long form takes a million steps.
/// </summary>
public sealed class FeedModelTests
{
    private enum Act
    {
        Append,
        AppendLarge,
        AppendBatch,
        Outage,
        Join,
        JoinLive,
        Read,
        ReadAll,
        CatchUp,
        Leave,
        Trim,
        Extend,
    }

    [Fact]
    public void Every_viewer_gets_every_event_above_its_cursor_once_and_in_order() =>
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 1_000], Gen.Int[0, 1_000])
            .Array[200, 600]
            .Sample(
                acts =>
                {
                    using var model = new Model();
                    foreach (var (act, one, other) in acts)
                    {
                        model.Do(act, one, other);
                    }

                    model.Finish();
                },
                iter: LongForm.IsAsked ? 2_500 : 200
            );

    private sealed class Model : IDisposable
    {
        private readonly FeedRun run = new(ringBytes: 4 * 1024, unsentBytes: 1_000_000_000);
        private readonly List<long> log = [];
        private readonly List<Watched> viewers = [];

        public Model() => viewers.Add(new Watched(run.Found(0), 0));

        public void Do(Act act, int one, int other)
        {
            switch (act)
            {
                case Act.Append or Act.AppendLarge:
                    Append(one, act == Act.AppendLarge ? 2_000 : 0, RingEntryKind.Live);
                    break;
                case Act.AppendBatch:
                    for (var i = 0; i < one % 5; i++)
                    {
                        Append(other, 0, RingEntryKind.History);
                    }

                    run.Feed.AppendBatchEnd(hasMore: other % 2 == 0, readAt: log.Count);
                    break;
                case Act.Outage:
                    run.Feed.AppendOutage(readAt: log.Count);
                    break;
                case Act.Join or Act.JoinLive:
                    // A cursor needn't be the id of an event.
                    long? cursor =
                        act == Act.JoinLive ? null
                        : log.Count == 0 ? 0
                        : Math.Max(0, log[one % log.Count] - (other % 3));
                    if (run.Join(cursor) is { } joined)
                    {
                        viewers.Add(new Watched(joined, joined.Seat.Cursor));
                    }

                    break;
                case Act.Trim:
                    var before = log.Count == 0 ? 0 : log[one % log.Count];
                    run.Feed.Trim(before, before);
                    break;
                case Act.Extend:
                    // What a viewer has read by itself up to somewhere in the ring.
                    var brought = log.Skip(one % (log.Count + 1)).Take(other % 40).ToArray();
                    run.Extend(brought.Length == 0 ? 0 : log.TakeWhile(id => id < brought[0]).LastOrDefault(), brought);
                    break;
                default:
                    OfViewer(act, viewers[one % viewers.Count]);
                    break;
            }

            if (other % 3 > 0)
            {
                run.Feed.Wake();
            }
        }

        public void Finish()
        {
            run.Append((log.Count == 0 ? 0 : log[^1]) + 1);
            log.Add((log.Count == 0 ? 0 : log[^1]) + 1);
            run.Feed.Wake();
            foreach (var viewer in viewers.Where(viewer => !viewer.IsGone))
            {
                viewer.Now.TakeAll();
                CatchUp(viewer);
                Assert.Equal(log.Where(id => id > viewer.Cursor), viewer.Ids);
            }
        }

        public void Dispose() => run.Dispose();

        private void Append(int step, int padding, RingEntryKind kind)
        {
            var before = log.Count == 0 ? 0 : log[^1];
            var id = before + 1 + (step % 4);
            // A feed whose last viewer has fallen is over.
            var isOver = run.Feed.IsOver;
            Assert.NotEqual(isOver, run.Append(id, step % 2 == 0 ? before : null, padding, kind));
            log.Add(id);
        }

        private void OfViewer(Act act, Watched viewer)
        {
            switch (act)
            {
                case Act.Read:
                    viewer.Now.Take();
                    break;
                case Act.ReadAll:
                    viewer.Now.TakeAll();
                    break;
                case Act.CatchUp:
                    CatchUp(viewer);
                    break;
                case Act.Leave when viewers.Count(other => !other.IsGone) > 1:
                    viewer.Leave();
                    break;
            }

            // What was told so far has no gap and no repeat.
            Assert.Equal(log.Where(id => id > viewer.Cursor).Take(viewer.Ids.Count()), viewer.Ids);
        }

        /// <summary>A viewer that has lost its seat reads on by itself, and joins again where it can.</summary>
        private void CatchUp(Watched viewer)
        {
            if (viewer.IsGone || viewer.Now.Lost is null)
            {
                return;
            }

            var own = log.Where(id => id > viewer.Now.Seat.Cursor).ToList();
            viewer.Before.AddRange(viewer.Now.Ids);
            viewer.Before.AddRange(own);
            var cursor = own.Count > 0 ? own[^1] : viewer.Now.Seat.Cursor;
            if (run.Join(cursor, isOpen: true) is { } again)
            {
                viewer.Now = again;
            }
            else
            {
                // Away or unsound: it stays alone, which the model needn't follow.
                viewer.Now.Ids.Clear();
                viewer.Leave();
            }
        }
    }

    private sealed class Watched(Viewer viewer, long cursor)
    {
        public long Cursor => cursor;

        public Viewer Now { get; set; } = viewer;

        public List<long> Before { get; } = [];

        public bool IsGone { get; private set; }

        public IEnumerable<long> Ids => Before.Concat(Now.Ids);

        public void Leave()
        {
            IsGone = true;
            Now.Unsubscribe();
        }
    }
}
