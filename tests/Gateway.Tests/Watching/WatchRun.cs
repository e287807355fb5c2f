using Google.Protobuf;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Watching;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Tests.Watching;

/// <summary>Does what a <see cref="WatchMachine"/> asks for, on a clock that only the test moves, and writes down what it did.</summary>
internal sealed class WatchRun(
    long? after = 0,
    bool historyOnly = false,
    string? epoch = null,
    Random? random = null,
    int maxEventBytes = 4096
)
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public WatchMachine Machine { get; } =
        new(
            new WatchStart("job-1", after, epoch, historyOnly),
            new UpstreamOptions { MaxEventBytes = maxEventBytes },
            random ?? new HalfRandom()
        );

    public TimeSpan Now { get; private set; }

    /// <summary>The time that a stream may take until it is confirmed.</summary>
    public TimeSpan ConfirmsWithin { get; set; } = 10 * Second;

    /// <summary>The wait for the backend's turn.</summary>
    public TimeSpan Turn { get; set; }

    private TimeSpan? turnAt;

    /// <summary>Sees each step as it is told, before the machine is asked again.</summary>
    public Action<WatchStep>? OnTold { get; set; }

    public List<WatchStep> Told { get; } = [];

    /// <summary>All that was done, but for reads and waits.</summary>
    public List<WatchAction> Done { get; } = [];

    public IEnumerable<long> ToldIds => Told.SelectMany(IdsOf);

    public IEnumerable<WatchFault?> Closes => Done.OfType<WatchAction.Close>().Select(close => close.Fault);

    public WatchEnd? End => Told.OfType<WatchStep.Ended>().SingleOrDefault()?.Reason;

    public static IEnumerable<long> IdsOf(WatchStep step) =>
        step switch
        {
            WatchStep.Live live => [live.Event.Id],
            WatchStep.History history => history.Events.Select(e => e.Id),
            _ => [],
        };

    /// <summary>Does all that needs neither time nor a message.</summary>
    /// <returns>What it comes to: a read, a wait or the end.</returns>
    public WatchAction Settle()
    {
        while (true)
        {
            var action = Machine.Next(Now);
            if (action is WatchAction.AwaitTurn asked)
            {
                turnAt ??= Now + Turn;
                if (turnAt > Now)
                {
                    var left = turnAt.Value - Now;
                    return new WatchAction.Wait(asked.Within >= TimeSpan.Zero && asked.Within < left ? asked.Within : left);
                }

                turnAt = null;
                Machine.TurnCame(Now);
                continue;
            }

            if (action is WatchAction.Read or WatchAction.Wait or WatchAction.End)
            {
                return action;
            }

            Done.Add(action);
            Assert.True(Done.Count < 1_000, "it goes round in circles");
            switch (action)
            {
                case WatchAction.Tell tell:
                    // The machine may use it again.
                    Told.Add(tell.Step with { });
                    OnTold?.Invoke(tell.Step);
                    break;
                case WatchAction.OpenStream:
                    Machine.StreamOpened(Now, ConfirmsWithin);
                    break;
            }
        }
    }

    public WatchRun Says(params WatchJobResponse[] messages)
    {
        foreach (var message in messages)
        {
            Receive(new WatchRead(WatchMessage.Read(new(message.ToByteArray())), null));
        }

        return this;
    }

    public WatchRun Fails(WatchFault fault) => Receive(new WatchRead(null, fault));

    public WatchRun Receive(WatchRead read)
    {
        Assert.IsType<WatchAction.Read>(Settle());
        Machine.Received(Now, read);
        Settle();
        return this;
    }

    /// <summary>Lets time pass, in which no message comes.</summary>
    public WatchRun Passes(TimeSpan time)
    {
        for (var until = Now + time; Now < until; )
        {
            var (left, isRead) = Settle() switch
            {
                WatchAction.Read read => (read.Within, true),
                WatchAction.Wait wait => (wait.For, false),
                _ => (TimeSpan.MaxValue, false),
            };
            Assert.True(isRead || left > TimeSpan.Zero, "a wait for no time is a busy loop");
            var isOver = left <= until - Now;
            Now += isOver ? left : until - Now;
            if (isRead && isOver)
            {
                Machine.Received(Now, WatchRead.Nothing);
            }
        }

        Settle();
        return this;
    }

    /// <summary>Lets time pass until the next stream is opened.</summary>
    public WatchRun Reopens()
    {
        while (Settle() is WatchAction.Wait wait)
        {
            Now += wait.For;
        }

        Assert.Equal(WatchState.Opening, Machine.State);
        return this;
    }

    /// <summary>Moves the clock alone.</summary>
    public void Skip(TimeSpan time) => Now += time;

    /// <summary>Makes the consumer busy for a while whenever it is told something.</summary>
    public void Busy(TimeSpan time) => OnTold = _ => Now += time;

    /// <summary>The middle of every range.</summary>
    private sealed class HalfRandom : Random
    {
        public override double NextDouble() => 0.5;
    }
}
