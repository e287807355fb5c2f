using System.Globalization;
using OptimizationGateway.Conformance.Jobs;

namespace OptimizationGateway.Conformance.Rules;

/// <summary>Asks the backend how many watches it has open: <c>--watches-command</c>.</summary>
internal sealed class WatchCount(string command, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Null: there is no command that tells it.</summary>
    public static WatchCount? Of(Subject subject) =>
        subject.Options.WatchesCommand is { } command ? new WatchCount(command, subject.Time) : null;

    public async Task<int> AskAsync(CancellationToken token)
    {
        var said = Shell.LastLine(await Shell.RunAsync("--watches-command", command, token));
        return int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new KitFaultException($"--watches-command printed '{said}': its last line must be a number.");
    }

    /// <summary>Twice the same: the kit's own look at what there is has gone by then.</summary>
    public async Task<int> SettledAsync(CancellationToken token)
    {
        for (var before = -1; ; )
        {
            var count = await AskAsync(token);
            if (count == before)
            {
                return count;
            }

            before = count;
            await Task.Delay(Pause, time, token);
        }
    }
}
