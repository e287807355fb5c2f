namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Limits a client's control frames: pings, pongs and closes. Their rate is separate, so that no pong that the gateway asks for takes
/// the turn of a message.
/// </summary>
internal sealed class ControlRate(TimeProvider time)
{
    private const int PerSecond = 50;
    private const int AtOnce = 100;

    private readonly MessageRate rate = new(time, PerSecond, AtOnce);

    /// <returns>False if the client sent so many without a pause that it must be disconnected. A few too many are tolerated.</returns>
    public bool TryTake() => rate.TryTake() || !rate.IsExceeded;
}
