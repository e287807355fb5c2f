namespace OptimizationGateway.Gateway.Memory;

/// <summary>The one that streams are opened for: a client, or a watch that clients share.</summary>
internal interface IStreamOwner
{
    /// <summary>True while so much waits for it that no further stream is to be opened for it. Can be read from any thread.</summary>
    public bool IsBehind { get; }
}
