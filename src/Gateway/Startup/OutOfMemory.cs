using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>
/// Ends the process at its first <see cref="OutOfMemoryException"/>. Arrays are pooled here, in Kestrel and in the gRPC client. Code
/// that an OutOfMemoryException interrupts can return an array twice; two clients then share it, and one is sent the other's bytes.
/// </summary>
/// <remarks>
/// The handler of <see cref="AppDomain.FirstChanceException"/> runs at every throw, before any catch or finally block, also where a library
/// would swallow the exception. No memory can be relied on there: text and functions are prepared at the start.
/// <see cref="Environment.FailFast(string)"/> allocates and may write a dump for seconds; <see cref="Environment.Exit"/> runs finalizers and
/// handlers. <c>_exit</c> does neither.
/// </remarks>
internal static unsafe class OutOfMemory
{
    /// <summary>The exit code of a process that ran out of memory: ENOMEM.</summary>
    public const int ExitCode = 12;

    private const int StandardError = 2;
    private const short Writable = 4;

    private static int installed;
    private static int ending;
    private static byte* text;
    private static int length;
    private static delegate* unmanaged<int, byte*, nint, nint> write;
    private static delegate* unmanaged<PollEntry*, nuint, int, int> poll;
    private static delegate* unmanaged<int, int> exit;

    /// <summary>From now on the first OutOfMemoryException ends the process. A second call changes nothing.</summary>
    public static void EndsTheProcess()
    {
        if (Interlocked.Exchange(ref installed, 1) == 1)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            AppDomain.CurrentDomain.FirstChanceException += FailFast;
            return;
        }

        var program = NativeLibrary.GetMainProgramHandle();
        write = (delegate* unmanaged<int, byte*, nint, nint>)NativeLibrary.GetExport(program, "write");
        poll = (delegate* unmanaged<PollEntry*, nuint, int, int>)NativeLibrary.GetExport(program, "poll");
        exit = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(program, "_exit");
        var line = Encoding.UTF8.GetBytes(Line(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        text = (byte*)NativeMemory.Alloc((nuint)line.Length);
        line.CopyTo(new Span<byte>(text, line.Length));
        length = line.Length;
        PrepareCode();
        AppDomain.CurrentDomain.FirstChanceException += Exit;
    }

    /// <summary>The line for standard error.</summary>
    /// <param name="heap">The heap's limit, in bytes.</param>
    internal static string Line(long heap) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The gateway is out of memory and ends at once (exit code {ExitCode}): going on could send one client the bytes of another. Its heap may have {heap / (1024 * 1024)} MiB. Raise the memory limit of the container or DOTNET_GCHeapHardLimit, or lower Gateway:Limits:Connections, Gateway:Limits:OutboxBytesPerSubscription or Gateway:Upstream:MaxMessageBytes. Clients resume by themselves and miss nothing.\n"
        );

    /// <summary>Code is compiled when it first runs, which takes memory: it runs once now, with nothing to write.</summary>
    private static void PrepareCode()
    {
        WriteLine(bytes: 0);
        RuntimeHelpers.PrepareMethod(((Delegate)Exit).Method.MethodHandle);
    }

    private static void Exit(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception is not OutOfMemoryException)
        {
            return;
        }

        // If several threads run out at once, one writes. The others wait here for the end, before their finally blocks run.
        while (Interlocked.Exchange(ref ending, 1) == 1)
        {
            Thread.SpinWait(1000);
        }

        WriteLine(length);
        exit(ExitCode);
    }

    /// <summary>Writes the line, unless nobody reads standard error and the write would block.</summary>
    private static void WriteLine(int bytes)
    {
        var entry = new PollEntry { Descriptor = StandardError, Events = Writable };
        if (poll(&entry, 1, 0) == 1)
        {
            write(StandardError, text, bytes);
        }
    }

    private static void FailFast(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception is OutOfMemoryException)
        {
            Environment.FailFast("The gateway is out of memory.", thrown.Exception);
        }
    }

    /// <summary>The <c>struct pollfd</c> of POSIX.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
