namespace OptimizationGateway.Gateway.Memory;

/// <summary>Whoever streams are opened for.</summary>
internal interface IStreamOwner
{
    /// <summary>True while so much waits for it that no further stream is to be opened for it. Can be read from any thread.</summary>
    public bool IsBehind { get; }
}
