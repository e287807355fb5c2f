namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Closes connections for their age (<c>Gateway:Limits:ConnectionAge</c>). One timer looks at all of them, because a timer for each costs
/// memory. There is none if the age isn't limited.
/// </summary>
internal sealed class SessionAging(SessionRegistry sessions, SessionLimits limits, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private ITimer? timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        timer = limits.ConnectionAge > TimeSpan.Zero ? time.CreateTimer(_ => Sweep(), state: null, Interval, Interval) : null;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => timer?.Dispose();

    private void Sweep()
    {
        foreach (var session in sessions.Here())
        {
            session.EndIfAged();
        }
    }
}
