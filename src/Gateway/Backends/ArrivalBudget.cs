using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// Bytes of messages that may arrive at once. Requests for more wait, and are served in order. A share is a budget inside another one: what is
/// taken of the share counts against both, so that a share that is used up leaves the rest to others.
/// </summary>
/// <param name="bytes">The number of bytes.</param>
/// <param name="whole">The budget that this is a share of; null for the process's own.</param>
/// <param name="held">The memory of all clients, in which the process's own budget is counted; null for a share.</param>
internal sealed class ArrivalBudget(long bytes, ArrivalBudget? whole = null, HeldMemory? held = null)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Request> waiting = [];
    private readonly long total = bytes;
    private long free = bytes;

    /// <summary>Creates a share.</summary>
    /// <param name="parts">The number of such shares that fit into this budget at once.</param>
    public ArrivalBudget Share(int parts) => new(total / parts, this);

    /// <summary>Waits until so many bytes are free, and takes them. A request for more than the budget takes all of it.</summary>
    /// <returns>The bytes that were taken. Disposing gives them back.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IDisposable> TakeAsync(long size, CancellationToken stop)
    {
        var own = await TakeOwnAsync(Math.Min(size, total), stop);
        if (whole is null)
        {
            return own;
        }

        try
        {
            own.Outer = await whole.TakeAsync(size, stop);
            return own;
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private async Task<Taken> TakeOwnAsync(long size, CancellationToken stop)
    {
        LinkedListNode<Request> place;
        lock (gate)
        {
            if (waiting.Count == 0 && size <= free)
            {
                Take(size);
                return new Taken(this, size);
            }

            place = waiting.AddLast(new Request(size));
        }

        await using var registration = stop.UnsafeRegister(_ => Cancel(place, stop), state: null);
        await place.Value.Turn.Task;
        return new Taken(this, size);
    }

    private void Cancel(LinkedListNode<Request> place, CancellationToken stop)
    {
        lock (gate)
        {
            // A request that was served is no longer in the list, and has the bytes.
            if (place.List is not null)
            {
                waiting.Remove(place);
                place.Value.Turn.TrySetCanceled(stop);
                ServeWaiting();
            }
        }
    }

    private void Take(long size)
    {
        free -= size;
        held?.Add(size);
    }

    private void Give(long size)
    {
        lock (gate)
        {
            free += size;
            held?.Add(-size);
            ServeWaiting();
        }
    }

    private void ServeWaiting()
    {
        while (waiting.First is { } first && first.Value.Size <= free)
        {
            Take(first.Value.Size);
            waiting.RemoveFirst();
            first.Value.Turn.TrySetResult();
        }
    }

    private sealed record Request(long Size)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Taken(ArrivalBudget budget, long size) : IDisposable
    {
        private int isGiven;

        /// <summary>The same bytes as part of the whole.</summary>
        public IDisposable? Outer { get; set; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isGiven, 1) == 0)
            {
                Outer?.Dispose();
                budget.Give(size);
            }
        }
    }
}
