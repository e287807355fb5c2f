using OptimizationGateway.Faults.Checker;

namespace OptimizationGateway.Faults.Tests.Checker;

public sealed class SharingTests
{
    [Theory]
    [InlineData(60, 20, 1, 0)]
    [InlineData(60, 19, 1, 1)]
    [InlineData(60, 20, 0, 1)]
    [InlineData(600, 200, 10, 0)]
    [InlineData(600, 199, 9, 2)]
    [InlineData(2, 0, 0, 0)]
    public void A_run_needs_viewers_that_join_and_fall_in_proportion_to_its_length(double seconds, long joined, long fallen, int missing) =>
        Assert.Equal(
            missing,
            Sharing
                .Missing(
                    new RunFacts
                    {
                        Seconds = seconds,
                        Joined = joined,
                        Fallen = fallen,
                    }
                )
                .Count()
        );
}
