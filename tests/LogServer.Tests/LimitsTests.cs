using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Settings;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>A producer that floods is refused, and slows nobody.</summary>
public sealed class LimitsTests
{
    private static readonly IPAddress Flooding = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private const string Head = "POST /jobs/slow/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void An_address_has_a_rate_of_its_own()
    {
        var limits = new CallerLimits(new LimitOptions { AppendsPerSecond = 5 }, clock);
        Enter(limits, Flooding, times: 10);

        Assert.Equal(Refusal.TooManyRequests, Refused(limits, Flooding));
        Enter(limits, Other, times: 10);
        clock.Advance(TimeSpan.FromSeconds(1));
        Enter(limits, Flooding, times: 5);
        Assert.Equal(Refusal.TooManyRequests, Refused(limits, Flooding));
    }

    [Fact]
    public void An_address_has_places_of_its_own()
    {
        var limits = new CallerLimits(new LimitOptions { AppendsAtOnce = 2 }, clock);
        var (first, second) = (limits.Enter(Flooding), limits.Enter(Flooding));

        Assert.Equal(Refusal.TooManyAtOnce, Refused(limits, Flooding));
        Enter(limits, Other, times: 1);
        first.Dispose();
        first.Dispose();
        using var third = limits.Enter(Flooding);
        Assert.Equal(Refusal.TooManyAtOnce, Refused(limits, Flooding));
        second.Dispose();
    }

    [Fact]
    public async Task A_request_that_is_sent_slowly_takes_no_more_than_its_place()
    {
        await using var run = await LogServerRun.StartAsync(clock: null, "Limits:AppendsAtOnce=1");
        await using var slow = await RawClient.ConnectAsync(run.HttpUrl);
        await slow.SendAsync(Encoding.ASCII.GetBytes($"{Head}Content-Length: 20\r\nExpect: 100-continue\r\n\r\n"));
        Assert.Equal(100, (await slow.ReadHttpAsync(hasBody: false)).Status);
        using var refused = await run.Client.AppendAsync("others", LogServerClient.Note);
        await slow.SendAsync(Encoding.ASCII.GetBytes(LogServerClient.Note));
        var made = await slow.ReadHttpAsync(hasBody: false);

        Assert.Equal((429, 204), ((int)refused.StatusCode, made.Status));
        Assert.Single(await run.Client.EventsAsync("slow"));
    }

    [Fact]
    public async Task A_flood_is_refused_and_told_when_to_come_back()
    {
        await using var run = await LogServerRun.StartAsync(clock: null, "Limits:AppendsPerSecond=1");
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await run.Client.AppendAsync("flooded", LogServerClient.Note));
        }

        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.All(
            refused,
            answer => Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3))
        );
        Assert.Equal(answers.Count - refused.Count, (await run.Client.EventsAsync("flooded")).Count);
    }

    private static void Enter(CallerLimits limits, IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            limits.Enter(address).Dispose();
        }
    }

    private static Refusal Refused(CallerLimits limits, IPAddress address) =>
        Assert.Throws<RefusedException>(() => limits.Enter(address)).Refusal;
}
