using OptimizationGateway.Gateway.Backends;

namespace OptimizationGateway.Gateway.Tests.Backends;

public sealed class ArrivalBudgetTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task Who_finds_no_room_waits_until_enough_is_given_back_and_in_order()
    {
        var budget = new ArrivalBudget(100);
        var first = await budget.TakeAsync(60, Never);
        var large = budget.TakeAsync(80, Never);
        var small = budget.TakeAsync(10, Never);
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);

        first.Dispose();

        using var second = await large;
        using var third = await small;
        Assert.False(budget.TakeAsync(11, Never).IsCompleted);
    }

    [Fact]
    public async Task What_is_given_back_twice_counts_once()
    {
        var budget = new ArrivalBudget(100);
        var taken = await budget.TakeAsync(60, Never);
        taken.Dispose();
        taken.Dispose();

        using var all = await budget.TakeAsync(100, Never);
        Assert.False(budget.TakeAsync(1, Never).IsCompleted);
    }

    [Fact]
    public async Task A_share_that_is_used_up_leaves_the_rest_to_the_others()
    {
        var budget = new ArrivalBudget(100);
        var greedy = budget.Share(2);
        using var half = await greedy.TakeAsync(50, Never);
        var more = greedy.TakeAsync(1, Never);
        Assert.False(more.IsCompleted);

        using var rest = await budget.Share(2).TakeAsync(50, Never);
        half.Dispose();
        using var _ = await more;
    }

    [Fact]
    public async Task What_is_larger_than_a_budget_takes_all_of_it()
    {
        var budget = new ArrivalBudget(100);
        var share = budget.Share(4);
        using (await share.TakeAsync(1000, Never))
        {
            Assert.False(share.TakeAsync(1, Never).IsCompleted);
            Assert.False(budget.TakeAsync(1, Never).IsCompleted);
        }
    }

    [Fact]
    public async Task Who_no_longer_waits_holds_up_nobody_and_keeps_nothing()
    {
        var budget = new ArrivalBudget(100);
        var share = budget.Share(1);
        var first = await budget.TakeAsync(60, Never);
        using var cancel = new CancellationTokenSource();
        var large = share.TakeAsync(80, cancel.Token);
        var small = budget.TakeAsync(40, Never);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await large);
        (await small).Dispose();
        first.Dispose();
        using var all = await share.TakeAsync(100, Never);
    }
}
