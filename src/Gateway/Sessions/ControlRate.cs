namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// How many control frames a client may send: pings, pongs, closes. They have a rate of their own, so that no pong that the gateway asks for takes
/// the turn of a message.
/// </summary>
internal sealed class ControlRate(TimeProvider time)
{
    private const int PerSecond = 50;
    private const int AtOnce = 100;

    private readonly MessageRate rate = new(time, PerSecond, AtOnce);

    /// <returns>False where there were so many, without a pause between, that the client has to go. A few too many are tolerated.</returns>
    public bool TryTake() => rate.TryTake() || !rate.IsExceeded;
}
