using OptimizationGateway.Gateway.Buffers;

namespace OptimizationGateway.Gateway.Tests.Buffers;

public sealed class BytePoolTests
{
    [Fact]
    public void Who_has_returned_an_array_has_it_no_longer_and_can_not_return_it_twice()
    {
        var array = BytePool.Rent(100);

        BytePool.Return(ref array);
        BytePool.Return(ref array);

        Assert.Empty(array);
        Assert.NotSame(BytePool.Rent(100), BytePool.Rent(100));
    }

#if DEBUG
    [Fact]
    public void Who_reads_an_array_that_was_returned_finds_poison()
    {
        var array = BytePool.Rent(100);
        var stale = array;
        array[0] = 1;

        BytePool.Return(ref array);

        Assert.Equal(BytePool.Poison, stale[0]);
    }
#endif
}
