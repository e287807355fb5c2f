using System.Globalization;
using OptimizationGateway.Conformance.Jobs;
using OptimizationGateway.Conformance.Watching;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class Cancellation()
    : Rule("cancellation", "8.9", "A watch stops within a second of cancellation, also while its job is silent and while it is held back.")
{
    private const int Silent = 20;
    private const int HeldBack = 5;

    // A second, and one more for the way there and for asking.
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2);

    /// <summary>It counts watches, so there must be none that come and go.</summary>
    public override Turn Turn => Turn.First;

    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        if (subject.Options.WatchesCommand is not { } command)
        {
            throw new NotApplicableException(
                "From outside it can't be seen whether a cancelled call still runs: --watches-command says how many do."
            );
        }

        var open = await subject.Jobs.OpenAsync(token);
        var load = await subject.Jobs.LoadAsync(token);
        var before = await SettledCountAsync(subject, command, token);
        var watches = new List<Watch>();
        try
        {
            watches.AddRange(Enumerable.Range(0, Silent).Select(i => subject.Watch(open, i % 2 == 0 ? 0 : null, token)));
            watches.AddRange(Enumerable.Range(0, load is null ? 0 : HeldBack).Select(_ => subject.Watch(load!, 0, token)));
            await Task.WhenAll(watches.Select(watch => watch.NextAsync(subject.Options.FirstMessage, token)));
            var during = await CountAsync(command, token);
            if (during < before + Silent)
            {
                throw new NotApplicableException(
                    $"--watches-command said {before}, and {during} with {Silent} more open: it counts something else."
                );
            }

            watches.ForEach(watch => watch.Cancel());
            return await StoppedAsync(subject, command, before, watches.Count, token);
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    private static async Task<Finding> StoppedAsync(Subject subject, string command, int before, int cancelled, CancellationToken token)
    {
        var at = subject.Time.GetTimestamp();
        while (true)
        {
            var asked = subject.Time.GetElapsedTime(at);
            var left = await CountAsync(command, token) - before;
            if (left <= 0)
            {
                return Finding.Pass(
                    $"{cancelled} watches were cancelled; {Spoken.Time(subject.Time.GetElapsedTime(at))} later none of them ran any more."
                );
            }

            if (asked > Allowed)
            {
                throw new BreachException($"{cancelled} watches were cancelled; {Spoken.Time(asked)} later {left} of them still ran.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), subject.Time, token);
        }
    }

    /// <summary>Twice the same: the kit's own look at what there is has gone by then.</summary>
    private static async Task<int> SettledCountAsync(Subject subject, string command, CancellationToken token)
    {
        for (var before = -1; ; )
        {
            var count = await CountAsync(command, token);
            if (count == before)
            {
                return count;
            }

            before = count;
            await Task.Delay(TimeSpan.FromMilliseconds(200), subject.Time, token);
        }
    }

    private static async Task<int> CountAsync(string command, CancellationToken token)
    {
        var said = Shell.LastLine(await Shell.RunAsync("--watches-command", command, token));
        return int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new KitFaultException($"--watches-command printed '{said}': its last line must be a number.");
    }
}
