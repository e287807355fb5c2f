using System.Diagnostics;
using System.Globalization;
using OptimizationGateway.Contracts;
using OptimizationGateway.Faults.Logs.Checker;
using OptimizationGateway.Faults.Logs.Run;

namespace OptimizationGateway.Faults.Logs.Producing;

/// <summary>
/// A producer in another language, as a process of its own. It prints a line for each append that was answered: <c>made</c> or <c>repeat</c>
/// with sequence, number of events and place; <c>refused</c> with sequence, number of events and answer; and at its end how it ended.
/// </summary>
internal sealed class ScriptLife(
    string[] command,
    IReadOnlyList<Uri> servers,
    string job,
    string producer,
    long epoch,
    int appends,
    int batch,
    LogRecorder recorder
) : IProducerLife
{
    public async Task<LifeEnd> RunAsync(CancellationToken kill)
    {
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardOutput = true };
        string[] arguments =
        [
            .. command[1..],
            string.Join(',', servers),
            job,
            producer,
            epoch.ToString(CultureInfo.InvariantCulture),
            appends.ToString(CultureInfo.InvariantCulture),
            batch.ToString(CultureInfo.InvariantCulture),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        await using var killing = kill.Register(process.Kill);
        var end = LifeEnd.Killed;
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            end = Take(line.Split(' ', 4)) ?? end;
        }

        await process.WaitForExitAsync(CancellationToken.None);
        if (!kill.IsCancellationRequested && end == LifeEnd.Killed && process.ExitCode != 0)
        {
            recorder.Surprise($"{string.Join(' ', command)} ended with {process.ExitCode}.");
        }

        return end;
    }

    private LifeEnd? Take(string[] words)
    {
        switch (words)
        {
            case ["made" or "repeat", var sequence, var count, var place] when StreamOffset.Parse(place) is { } at:
                recorder.Add(new Acknowledged(job, Tokens(sequence, count), at.Epoch, at.EventId, IsRepeat: words[0] == "repeat"));
                return null;
            case ["refused", var sequence, var count, var answer]:
                recorder.Add(new Refused(job, Tokens(sequence, count), answer));
                return null;
            case ["fenced"]:
                return LifeEnd.Fenced;
            case ["ended"]:
                return LifeEnd.JobEnded;
            case ["gap"]:
                return LifeEnd.Killed;
            default:
                // The last line of one that was killed may be half a line.
                return null;
        }
    }

    private IReadOnlyList<EventToken> Tokens(string sequence, string count) =>
        new Append(
            job,
            producer,
            epoch,
            long.Parse(sequence, CultureInfo.InvariantCulture),
            int.Parse(count, CultureInfo.InvariantCulture),
            Ends: false
        ).Tokens;
}
