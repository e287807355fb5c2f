using Microsoft.Extensions.Hosting.Systemd;

namespace OptimizationGateway.Hosting.Startup;

/// <summary>
/// Tells systemd when the gateway is ready and when it stops (<c>Type=notify</c>, sd_notify(3)). The rest of the library would change the
/// log's format.
/// </summary>
public static class ServiceManager
{
    /// <summary>Follows the program's life, if the process has a socket to tell of it (<c>NOTIFY_SOCKET</c>).</summary>
    public static void Follow(IHostApplicationLifetime lifetime)
    {
        var systemd = new SystemdNotifier();
        lifetime.ApplicationStarted.Register(() => systemd.Notify(ServiceState.Ready));
        lifetime.ApplicationStopping.Register(() => systemd.Notify(ServiceState.Stopping));
    }
}
