using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Tests.Memory;

public sealed class MemoryPlanTests
{
    private const long Mebi = 1024 * 1024;

    private static readonly SessionLimits Defaults = new();

    [Theory]
    // A container of 256 MiB, 512 MiB and 1 GiB: .NET's heap may take about 55 %.
    [InlineData(140, 54, 216, 3_456)]
    [InlineData(280, 124, 496, 7_936)]
    [InlineData(560, 264, 512, 8_192)]
    [InlineData(16_384, 8_176, 512, 8_192)]
    // Less than the gateway itself takes.
    [InlineData(20, 16, 64, 1_024)]
    public void The_bounds_follow_from_what_the_process_may_use(long heap, long limit, int subscription, int connection)
    {
        var plan = Of(heap * Mebi, set: null);

        Assert.Equal(new MemoryPlan(limit * Mebi, connection * 1024, subscription * 1024), plan);
    }

    [Fact]
    public void The_settings_come_first_and_are_never_exceeded()
    {
        Assert.Equal(1_000 * Mebi, Of(192 * Mebi, set: 1_000 * Mebi).LimitBytes);
        var plan = MemoryPlan.Of(16_384 * Mebi, setBytes: null, connectionBytes: 100_000, subscriptionBytes: 70_000);
        Assert.Equal((100_000, 70_000), (plan.ConnectionBytes, plan.SubscriptionBytes));
    }

    [Theory]
    [InlineData(192, 81_920)]
    [InlineData(768, 131_072)]
    [InlineData(20, 65_535)]
    public void The_windows_of_streams_are_smaller_where_memory_is_and_no_smaller_than_HTTP2_has_them(long heap, int window) =>
        Assert.Equal(window, Of(heap * Mebi, set: null).WindowBytes(new UpstreamOptions().StreamWindowBytes));

    [Fact]
    public void As_many_slow_readers_as_it_says_fit_below_the_point_where_some_are_sent_away()
    {
        var plan = Of(768 * Mebi, set: null);
        var each = Costs.Connection + Costs.Subscription + Costs.StuckWrite + MemoryPlan.LeastPerSubscription;
        var held = new HeldMemory(plan.LimitBytes);

        held.Add(each * plan.SlowReaders);
        Assert.True(held.Pressure < Pressure.Shed);
        held.Add(each);
        Assert.Equal(Pressure.Shed, held.Pressure);
    }

    private static MemoryPlan Of(long heap, long? set) =>
        MemoryPlan.Of(heap, set, Defaults.OutboxBytesPerConnection, Defaults.OutboxBytesPerSubscription);
}
