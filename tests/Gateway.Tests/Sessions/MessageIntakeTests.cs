using System.Text;
using System.Text.Json.Nodes;
using OptimizationGateway.Gateway.Outboxes;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Gateway.Subscriptions;
using OptimizationGateway.Gateway.Tests.Subscriptions;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Tests.Sessions;

public sealed class MessageIntakeTests
{
    [Fact]
    public async Task Each_answer_names_its_request()
    {
        await using var connection = new Connection();

        Assert.Null(connection.Take("""{"type":"ping","requestId":"p"}"""));
        Assert.Null(connection.Take("""{"type":"unsubscribe","jobId":"away-1","requestId":"u"}"""));

        Assert.Equal(["pong p", "unsubscribed u"], connection.Answers());
    }

    [Fact]
    public async Task Ten_invalid_messages_in_a_row_are_too_many_and_a_valid_one_ends_the_row()
    {
        await using var connection = new Connection();
        for (var i = 0; i < 9; i++)
        {
            Assert.Null(connection.Take("{}"));
        }

        Assert.Null(connection.Take("""{"type":"ping"}"""));
        for (var i = 0; i < 9; i++)
        {
            Assert.Null(connection.Take("{}"));
            Assert.Null(connection.Take("""{"type":"of-tomorrow"}"""));
        }

        Assert.Equal(CloseCode.BadClient, connection.Take("{}"));
    }

    [Fact]
    public async Task What_is_too_much_is_refused_unread_and_who_goes_on_is_closed()
    {
        await using var connection = new Connection(new SessionLimits { MessagesPerSecond = 1, MessageBurst = 2 });
        Assert.Null(connection.Take("""{"type":"ping"}"""));
        Assert.Null(connection.Take("""{"type":"ping"}"""));

        Assert.Null(connection.Take("no JSON at all"));
        Assert.Equal("error rate_limited", connection.Answers()[^1]);
        Assert.Equal(CloseCode.RateLimited, connection.TakeUntilClosed("""{"type":"ping"}""", atMost: 3));
    }

    [Fact]
    public async Task A_client_that_sends_and_does_not_read_is_closed()
    {
        await using var connection = new Connection(outboxBytes: 400);

        Assert.Equal(CloseCode.RateLimited, connection.TakeUntilClosed("""{"type":"ping","requestId":"p"}""", atMost: 20));
    }

    [Fact]
    public async Task A_job_that_the_caller_may_not_watch_is_forbidden_to_subscribe_and_to_replay_and_takes_no_place()
    {
        await using var connection = new Connection(caller: new Caller { Jobs = [new WildcardPattern("away-*")] });

        Assert.Null(connection.Take("""{"type":"subscribe","jobId":"other","requestId":"s"}"""));
        Assert.Null(connection.Take("""{"type":"replay","jobId":"other","requestId":"r"}"""));
        Assert.Null(connection.Take("""{"type":"subscribe","jobId":"away-1"}"""));

        Assert.Equal(["error forbidden s", "error forbidden r"], connection.Answers());
    }

    [Fact]
    public async Task One_subscription_too_many_and_one_replay_too_many_are_refused()
    {
        await using var connection = new Connection(new SessionLimits { SubscriptionsPerConnection = 1 }, maxWaiting: 0);
        Assert.Null(connection.Take("""{"type":"subscribe","jobId":"away-1"}"""));
        Assert.Null(connection.Take("""{"type":"replay","jobId":"away-1"}"""));

        Assert.Null(connection.Take("""{"type":"subscribe","jobId":"away-2","requestId":"s"}"""));
        Assert.Null(connection.Take("""{"type":"replay","jobId":"away-1","requestId":"r"}"""));

        Assert.Equal(["error too_many_subscriptions s", "error rate_limited r"], connection.Answers());
    }

    [Fact]
    public async Task Unsubscribe_drops_the_jobs_replays_too()
    {
        await using var connection = new Connection(maxWaiting: 0);
        Assert.Null(connection.Take("""{"type":"replay","jobId":"away-1"}"""));

        Assert.Null(connection.Take("""{"type":"unsubscribe","jobId":"away-1","requestId":"u"}"""));

        Assert.Equal(["unsubscribed u"], connection.Answers());
        await connection.Jobs.EventuallyAsync(() => connection.Replays.Count == (0, 0), "the replay is gone");
    }

    [Fact]
    public async Task After_the_end_nothing_is_taken()
    {
        await using var connection = new Connection();
        connection.Intake.Stop();

        Assert.Null(connection.Take("""{"type":"subscribe","jobId":"nobodys"}"""));
        Assert.Null(connection.Take("""{"type":"ping"}"""));

        Assert.Empty(connection.Answers());
        Assert.Equal(0, connection.Tally.MessagesReceived);
    }

    private sealed class Connection : IAsyncDisposable
    {
        private readonly SubscriptionSet subscriptions;

        public Connection(SessionLimits? limits = null, Caller? caller = null, int maxWaiting = 4, int outboxBytes = 64 * 1024)
        {
            Jobs = new AbsentJobs(outboxBytes);
            var allowed = limits ?? new SessionLimits();
            subscriptions = new(
                Jobs.Source,
                Jobs.Outbox,
                allowed.SubscriptionsPerConnection,
                Jobs.Clock,
                Jobs.Metrics,
                null,
                Jobs.Faults.Enqueue
            );
            Replays = new(Jobs.Source, Jobs.Outbox, maxWaiting, Jobs.Clock, timeline: null, Jobs.Faults.Enqueue);
            Tally = new SessionTally(Jobs.Metrics);
            Intake = new(subscriptions, Replays, caller ?? Caller.Anonymous, Jobs.Outbox, allowed, Jobs.Clock, Tally, timeline: null);
        }

        public AbsentJobs Jobs { get; }

        public ReplayQueue Replays { get; }

        public SessionTally Tally { get; }

        public MessageIntake Intake { get; }

        public CloseCode? Take(string text) => Intake.Take(Encoding.UTF8.GetBytes(text));

        public CloseCode? TakeUntilClosed(string text, int atMost)
        {
            for (var i = 0; i < atMost; i++)
            {
                if (Take(text) is { } code)
                {
                    return code;
                }
            }

            return null;
        }

        /// <summary>The type, code and request id of all that waits for the client.</summary>
        public List<string> Answers()
        {
            var answers = new List<string>();
            while (Jobs.Outbox.TryTake(out OutboxMessage message, out _))
            {
                var json = JsonNode.Parse(message.Bytes.Span)!;
                answers.Add(string.Join(' ', new[] { json["type"], json["code"], json["requestId"] }.Where(part => part is not null)));
                message.Return();
            }

            return answers;
        }

        public async ValueTask DisposeAsync()
        {
            await subscriptions.EndAllAsync();
            await Replays.EndAllAsync();
            await Jobs.DisposeAsync();
        }
    }
}
