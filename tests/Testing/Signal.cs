using System.ComponentModel;
using System.Runtime.InteropServices;

namespace OptimizationGateway.Testing;

/// <summary>What a supervisor does to a process.</summary>
public enum Signal
{
    Interrupt = 2,
    Kill = 9,
    UserDefined2 = 12,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>kill(2), which .NET has only for SIGKILL.</summary>
public static partial class Signals
{
    /// <summary>Sends it to one process.</summary>
    /// <returns>False where there is no such process any more.</returns>
    public static bool TrySend(int processId, Signal signal) => Kill(processId, (int)signal) == 0;

    /// <summary>Sends it to one process, which must be there.</summary>
    public static void Send(int processId, Signal signal)
    {
        if (!TrySend(processId, signal))
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{signal} didn't reach process {processId}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
