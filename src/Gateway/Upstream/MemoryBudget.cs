namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// Bytes of memory that may be in use at once. A request beyond that waits its turn, in order. A share is a budget inside another one: what
/// it gives out counts against both, and whoever uses up a share leaves the rest to others.
/// </summary>
/// <param name="bytes">How many bytes there are.</param>
/// <param name="whole">The budget that this is a share of; null for the process's own.</param>
internal sealed class MemoryBudget(long bytes, MemoryBudget? whole = null)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Request> waiting = [];
    private readonly long total = bytes;
    private long free = bytes;

    /// <summary>A budget of a part of this one's bytes.</summary>
    public MemoryBudget Share(int parts) => new(total / parts, this);

    /// <summary>Waits until so many bytes are free, and takes them. What is larger than a budget takes all of it.</summary>
    /// <returns>What was taken, to be disposed of once the memory isn't used any more.</returns>
    /// <exception cref="OperationCanceledException">The token.</exception>
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
                free -= size;
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
            // One whose turn has come has the bytes, and is no longer in the list.
            if (place.List is not null)
            {
                waiting.Remove(place);
                place.Value.Turn.TrySetCanceled(stop);
                ServeThoseWhoWait();
            }
        }
    }

    private void Give(long size)
    {
        lock (gate)
        {
            free += size;
            ServeThoseWhoWait();
        }
    }

    private void ServeThoseWhoWait()
    {
        while (waiting.First is { } first && first.Value.Size <= free)
        {
            free -= first.Value.Size;
            waiting.RemoveFirst();
            first.Value.Turn.TrySetResult();
        }
    }

    private sealed record Request(long Size)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Taken(MemoryBudget budget, long size) : IDisposable
    {
        private int isGiven;

        /// <summary>What was taken of the budget around this one.</summary>
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
