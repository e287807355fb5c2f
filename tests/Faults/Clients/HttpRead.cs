using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OptimizationGateway.Faults.Clients;

/// <summary>One request for a job's events, as the lines of a history that a WebSocket would have made of the same.</summary>
/// <param name="job">The job, and how far the client is.</param>
/// <param name="write">Writes a line with the request's number.</param>
internal sealed class HttpRead(JobCursor job, Action<HistoryLine> write)
{
    private const int IdLength = 16;

    private bool isOpen;
    private bool isReplaying = true;
    private bool isOver;

    /// <summary>The offset to read from: the token of PROTOCOL.md section 11 for the client's place.</summary>
    public string Offset { get; } =
        job is { After: 0, Epoch.Length: 0 }
            ? "-1"
            : string.Create(CultureInfo.InvariantCulture, $"{job.After:D16}_{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(job.Epoch))}");

    /// <summary>The request is about to be sent.</summary>
    public void Asked()
    {
        job.Live = 0;
        write(Line(HistoryKind.Subscribe) with { After = job.After, Epoch = job.Epoch });
    }

    /// <summary>Events came, or none, with the offset behind them.</summary>
    public void Took(List<JsonElement> events, string offset)
    {
        var (after, epoch) = Read(offset);
        if (!isOpen)
        {
            isOpen = true;
            var first = events.Count > 0 ? events[0].GetProperty("id").GetInt64() : 0;

            // Whoever asks for all there is learns by the first event where that begins.
            write(Line(HistoryKind.Subscribed) with { Epoch = epoch, Earliest = job.After == 0 && first > 1 ? first : null });
        }

        if (events.Count > 0)
        {
            job.Live += isReplaying ? 0 : events.Count;
            write(EventLine.Of(isReplaying ? HistoryKind.Replay : HistoryKind.Event, job.Job, events, isReplaying ? true : null));
        }

        (job.After, job.Epoch) = (after, epoch);
    }

    /// <summary>The answer has said that there was nothing more.</summary>
    public void IsUpToDate()
    {
        if (isReplaying)
        {
            isReplaying = false;
            write(EventLine.Of(HistoryKind.Replay, job.Job, [], more: false));
        }

        job.IsOpen = true;
    }

    /// <summary>The answer has said that the job has ended.</summary>
    public void Ended()
    {
        isOver = true;
        job.IsEnded = true;
        write(Line(HistoryKind.Unsubscribed) with { Reason = "job_ended" });
    }

    /// <summary>An error came, as an answer or in an open stream.</summary>
    public void Failed(JsonElement error)
    {
        job.IsOpen = false;
        var code = error.GetProperty("code").GetString()!;
        var effect = error.TryGetProperty("subscription", out var said) ? said.GetString() : null;
        var isForNow = !error.TryGetProperty("retryable", out var retryable) || retryable.GetBoolean();
        if (IsOfGateway(code) && isForNow)
        {
            Over(code);
            return;
        }

        write(Line(HistoryKind.Error) with { Code = code, Reason = effect ?? "not_opened" });
        if (code is "history_truncated" or "epoch_changed" or "cursor_ahead")
        {
            // Start again from what there is, knowingly.
            job.WasRefused = true;
            job.After = 0;
            job.Epoch = code == "history_truncated" ? job.Epoch : "";
        }
    }

    /// <summary>What came can't be read.</summary>
    public void Garbled(string why) => write(Line(HistoryKind.Garbled) with { Code = why });

    /// <summary>The request is over, for a reason that the gateway gave, or for none.</summary>
    public void Over(string reason = "1006")
    {
        if (!isOver)
        {
            isOver = true;
            write(Line(HistoryKind.Closed) with { Code = reason });
        }
    }

    /// <summary>The gateway's own reasons to send a client away for a moment.</summary>
    private static bool IsOfGateway(string code) => code is "draining" or "reconnect" or "too_many_new_connections" or "memory_low";

    private static (long After, string Epoch) Read(string offset) =>
        (
            long.Parse(offset.AsSpan(0, IdLength), NumberStyles.None, CultureInfo.InvariantCulture),
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(offset.AsSpan(IdLength + 1)))
        );

    private HistoryLine Line(HistoryKind what) => new() { What = what, Job = job.Job };
}
