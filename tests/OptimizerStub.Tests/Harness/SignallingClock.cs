using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace OptimizationGateway.OptimizerStub.Tests.Harness;

/// <summary>A fake clock that tells when somebody has begun to wait, so that a test knows when to move it.</summary>
internal sealed class SignallingClock() : FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        waits.Writer.TryWrite(dueTime);
        return timer;
    }

    public async Task WaitStartedAsync(TimeSpan length)
    {
        while (await waits.Reader.ReadAsync(Deadline.Token) != length) { }
    }
}
