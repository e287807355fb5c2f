using System.Runtime.InteropServices;

namespace OptimizationGateway.Hosting.Startup;

/// <summary>
/// Ends the process at once on the second SIGTERM or Ctrl+C. The first asks for an orderly shutdown, which the host performs.
/// </summary>
public sealed class SecondSignal : IDisposable
{
    /// <summary>The exit code after a second signal.</summary>
    public const int ExitCode = 1;

    private readonly PosixSignalRegistration[] registrations;
    private int signals;

    /// <summary>From now on the second signal ends the process at once; its connections are reset.</summary>
    public SecondSignal() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Count()),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Count()),
        ];

    public void Dispose() => Array.ForEach(registrations, registration => registration.Dispose());

    private void Count()
    {
        if (Interlocked.Increment(ref signals) == 2)
        {
            Console.Error.WriteLine("Aborted by a second signal. Clients come back by themselves.");
            Environment.Exit(ExitCode);
        }
    }
}
