using System.Runtime.InteropServices;

namespace OptimizationGateway.Faults.Programs;

/// <summary>kill(2), which .NET has only for SIGKILL.</summary>
internal static partial class Signal
{
    public const int Term = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal) => _ = Kill(process, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
