namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// At shutdown, closes the sockets before the server does: left to itself it waits out its timeout and then resets them, without a word to
/// anyone.
/// </summary>
internal sealed class SessionDrain(SessionRegistry sessions, ILogger<Session> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (sessions.Count > 0)
        {
            SessionLog.Draining(logger, sessions.Count);
        }

        await sessions.DrainAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
