using OptimizationGateway.Gateway.Memory;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// One watch's turn to open a stream. A catch-up also takes a place among those that may read history at once. Only the backend's
/// <see cref="OpenPacer"/> changes it.
/// </summary>
/// <param name="client">The client that the turn counts for.</param>
/// <param name="isCatchUp">True if the stream may read history.</param>
internal sealed class OpenTurn(IStreamOwner client, bool isCatchUp)
{
    private TaskCompletionSource? waiting;

    /// <summary>The client that the turn counts for.</summary>
    public IStreamOwner Client => client;

    /// <summary>True if the stream may read history.</summary>
    public bool IsCatchUp => isCatchUp;

    /// <summary>True once the stream may be opened.</summary>
    public bool HasCome { get; private set; }

    /// <summary>True while it occupies a place.</summary>
    public bool HasPlace { get; set; }

    /// <summary>True while its stream has been asked for and the backend hasn't answered.</summary>
    public bool IsUnanswered { get; set; }

    /// <summary>True if its place was given back before the stream was opened: it takes none.</summary>
    public bool IsPlaceless { get; set; }

    /// <summary>Its node in the queue; null if it doesn't wait.</summary>
    public LinkedListNode<OpenTurn>? Node { get; set; }

    /// <summary>True if its stream is counted in the memory of all clients.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Completes when the turn has come. Asked for only by a turn that had to wait.</summary>
    public Task Coming => waiting?.Task ?? Task.CompletedTask;

    /// <summary>Has the turn wait.</summary>
    public void Wait() => waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Records that the turn has come.</summary>
    public void Come()
    {
        HasCome = true;
        waiting?.TrySetResult();
    }
}
