using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;
using static OptimizationGateway.LogServer.Tests.BadInput.BadCall;

namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>Bad calls to the log of <see cref="BadRequests"/>.</summary>
internal static class BadCalls
{
    public static readonly IReadOnlyList<BadCall> All = [.. Requests(), .. Events(), .. Producers(), .. States(), .. Sizes()];

    private static IEnumerable<BadCall> Requests() =>
        [
            Invalid("no job id", "job_id must have", request => request.JobId = ""),
            Invalid("a job id of 257 characters", "job_id must have", request => request.JobId = new string('a', 257)),
            Invalid("a job id with a line's end", "job_id must have", request => request.JobId = "a\nb"),
            Invalid("a negative expected id", "expected_last_event_id must be", request => request.ExpectedLastEventId = -1),
            Invalid("an expected id beyond 2^53-1", "expected_last_event_id must be", request => request.ExpectedLastEventId = 1L << 53),
            Invalid("a lease of 0 s", "lease must be", request => request.Lease = new Duration()),
            Invalid("a negative lease", "lease must be", request => request.Lease = new Duration { Seconds = -5 }),
            Invalid("a lease of more than a day", "lease must be", request => request.Lease = new Duration { Seconds = 86_400, Nanos = 1 }),
            Invalid("a lease of ages", "lease must be", request => request.Lease = new Duration { Seconds = long.MaxValue }),
            Invalid("a lease that is no duration", "lease must be", request => request.Lease = new Duration { Seconds = 60, Nanos = -1 }),
        ];

    private static IEnumerable<BadCall> Events() =>
        [
            Event("an id", "events[0].id is given by the log", new JobEvent { Id = 4, Custom = Note().Custom }),
            Event("a previous id", "events[0].previous_id is given by the log", new JobEvent { PreviousId = 3, Custom = Note().Custom }),
            Event("no payload", "events[0].payload is required", new JobEvent()),
            Event("an event type of no name", "events[0].custom.event_type must be", new JobEvent { Custom = new CustomEvent() }),
            Event(
                "a documented event type as one's own",
                "events[0].custom.event_type must be",
                new JobEvent { Custom = new CustomEvent { EventType = "job_completed" } }
            ),
            Event("a failure without its cause", "events[0].job_failed.error is required", new JobEvent { JobFailed = new JobFailed() }),
            Event("a negative iteration", "iterations must not be negative", new JobEvent { Iteration = -1, Custom = Note().Custom }),
            Event(
                "a time beyond the year 9999",
                "times must be of the years",
                new JobEvent
                {
                    Timestamp = new Timestamp { Seconds = 253_402_300_800 },
                    Custom = Note().Custom,
                }
            ),
            Event(
                "a time of the payload that is none",
                "times must be of the years",
                new JobEvent { JobPaused = new JobPaused { PausedAt = new Timestamp { Nanos = -1 } } }
            ),
            Event(
                "129 levels",
                "events[0] nests deeper than 128 levels",
                new JobEvent
                {
                    Custom = new CustomEvent { EventType = "note", Data = Nested(129) },
                }
            ),
            new(
                "a fault in the second event",
                StatusCode.InvalidArgument,
                "invalid_event",
                "events[1].payload",
                r => r.Events.Add(new JobEvent())
            ),
            new(
                "an event after the job's last",
                StatusCode.InvalidArgument,
                "invalid_event",
                "ends the job",
                request => request.Events.Insert(0, new JobEvent { JobCancelled = new JobCancelled() })
            ),
        ];

    private static IEnumerable<BadCall> Producers() =>
        [
            Producer("a producer without a name", "producer.id must have", "", 1, 1),
            Producer("a producer's long name", "producer.id must have", new string('p', 257), 1, 1),
            Producer("a producer's name with a line's end", "producer.id must have", "p\n", 1, 1),
            Producer("a negative epoch", "producer.epoch must be", "p", -1, 1),
            Producer("an epoch beyond 2^53-1", "producer.epoch must be", "p", 1L << 53, 0),
            Producer("a negative sequence", "producer.sequence must be", "p", 1, -1),
            Producer("a sequence beyond 2^53-1", "producer.sequence must be", "p", 1, 1L << 53),
            Producer("a new epoch that begins with 1", "must begin with sequence 0", "p", 2, 1),
            Producer("a gap", "The next sequence of producer p", "p", 1, 2) with
            {
                Status = StatusCode.Aborted,
                Code = "sequence_gap",
                Answers = "producer-expected-sequence: 1",
            },
            Producer("a replaced producer", "a later run has replaced it", "p", 0, 5) with
            {
                Status = StatusCode.PermissionDenied,
                Code = "producer_fenced",
                Answers = "producer-epoch: 1",
            },
            Producer("a producer too many", "LogServer:Limits:ProducersPerJob", "q", 0, 0) with
            {
                Status = StatusCode.ResourceExhausted,
                Code = "too_many_producers",
            },
        ];

    private static IEnumerable<BadCall> States() =>
        [
            new("another last id than is expected", StatusCode.Aborted, "last_id_conflict", "is 3, not 2", r => r.ExpectedLastEventId = 2)
            {
                Answers = "latest-event-id: 3",
            },
            new("an event for a job that has ended", StatusCode.FailedPrecondition, "job_ended", "has ended", r => r.JobId = "ended-1")
            {
                Answers = "latest-event-id: 1",
            },
            new("a job too many", StatusCode.ResourceExhausted, "too_many_jobs", "LogServer:Limits:Jobs", r => r.JobId = "third"),
            new(
                "a job without events too many",
                StatusCode.ResourceExhausted,
                "too_many_jobs",
                "LogServer:Limits:Jobs",
                request => (request.JobId, _) = ("third", Clear(request))
            ),
        ];

    private static IEnumerable<BadCall> Sizes() =>
        [
            new(
                "an event that is too large",
                StatusCode.ResourceExhausted,
                "event_too_large",
                "events[1] has",
                request => request.Events.Add(Note(new string('x', 3000)))
            ),
            new(
                "too many events",
                StatusCode.ResourceExhausted,
                "too_many_events",
                "LogServer:Limits:BatchEvents",
                request => request.Events.Add(Enumerable.Range(0, 5).Select(_ => Note()))
            ),
            new(
                "levels without end",
                StatusCode.InvalidArgument,
                "",
                "nests far deeper than 128 levels",
                request => request.Events[0].Custom.Data = Nested(400)
            ),
            new(
                "a call that is too large",
                StatusCode.ResourceExhausted,
                "",
                "",
                request => request.Events.Add(Note(new string('x', 9000)))
            ),
        ];

    private static int Clear(AppendEventsRequest request)
    {
        request.Events.Clear();
        return 0;
    }

    private static BadCall Invalid(string what, string says, Action<AppendEventsRequest> change) =>
        new(what, StatusCode.InvalidArgument, "invalid_request", says, change);

    private static BadCall Event(string what, string says, JobEvent jobEvent) =>
        new(what, StatusCode.InvalidArgument, "invalid_event", says, request => request.Events[0] = jobEvent);

    private static BadCall Producer(string what, string says, string id, long epoch, long sequence) =>
        Invalid(
            what,
            says,
            request =>
                request.Producer = new Producer
                {
                    Id = id,
                    Epoch = epoch,
                    Sequence = sequence,
                }
        );

    internal static Struct Nested(int levels)
    {
        var data = new Struct();
        for (var level = 1; level < levels; level++)
        {
            data = new Struct { Fields = { ["a"] = Value.ForStruct(data) } };
        }

        return data;
    }
}
