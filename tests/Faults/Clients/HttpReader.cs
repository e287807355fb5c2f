using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;

namespace OptimizationGateway.Faults.Clients;

/// <summary>
/// A client that reads by plain HTTP (PROTOCOL.md section 11), one request after the other for each job: long-polls, or server-sent events,
/// with which it comes back as a browser's <c>EventSource</c> does.
/// </summary>
internal sealed class HttpReader(string name, Place place, HistoryWriter history, Random random) : IReader
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    /// <summary>The longest time for an answer that isn't a stream, and for the beginning of one: a long-poll waits 2 s.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>A stream that says nothing for so long, though a comment comes every 2 s, is given up.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private readonly Channel<JobCursor> asked = Channel.CreateUnbounded<JobCursor>();
    private readonly HttpClient http = new(new SocketsHttpHandler { ConnectTimeout = ConnectLimit, UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", place.Caller.Token) },
    };
    private int requests;

    public string Name => name;

    public JobCursors Jobs { get; } = new();

    public Task FollowAsync(JobCursor cursor)
    {
        Jobs.Set(cursor);
        return asked.Writer.WriteAsync(cursor).AsTask();
    }

    /// <inheritdoc/>
    /// <remarks>Once.</remarks>
    public async Task RunAsync(Func<bool> isDone, CancellationToken stop)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stop);
        history.Write(
            new HistoryLine
            {
                What = HistoryKind.Open,
                Client = name,
                Caller = place.Caller.Name,
            }
        );
        var reading = new List<Task>();
        try
        {
            await foreach (var job in asked.Reader.ReadAllAsync(life.Token))
            {
                reading.Add(ReadAsync(job, isDone, new Random(random.Next()), life));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(reading);
        }

        if (isDone())
        {
            history.Write(new HistoryLine { What = HistoryKind.Done, Client = name });
        }
    }

    public void Dispose() => http.Dispose();

    private async Task ReadAsync(JobCursor job, Func<bool> isDone, Random pauses, CancellationTokenSource life)
    {
        var isReturn = false;
        while (!life.IsCancellationRequested && !job.IsEnded)
        {
            var number = Interlocked.Increment(ref requests);
            var read = new HttpRead(job, line => history.Write(line with { Client = name, On = number }));
            await AskAsync(job, read, isReturn, isDone, life);
            isReturn = place.Reads == Reading.EventStream && job.After > 0;
            if (isDone())
            {
                await life.CancelAsync();
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 + pauses.Next(350)), life.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(JobCursor job, HttpRead read, bool isReturn, Func<bool> isDone, CancellationTokenSource life)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(life.Token);
        limit.CancelAfter(AnswerLimit);
        using var request = Request(job, read, isReturn);
        try
        {
            read.Asked();
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await TakeAsync(answer, read, isDone, limit);
        }
        catch (Exception e) when (IsGarbled(e))
        {
            read.Garbled(e.Message);
        }
        catch (Exception e)
        {
            // Gone. What it missed it will ask for, as after a fault of the HTTP client's own, which is told.
            job.IsOpen = false;
            if (e is not (HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException))
            {
                await Console.Error.WriteLineAsync($"{name}: the HTTP client failed: {e}");
            }
        }
        finally
        {
            // A long-poll that was answered in order is as good as open: the next one follows.
            job.IsOpen &= place.Reads == Reading.LongPoll;
            read.Over();
        }
    }

    private HttpRequestMessage Request(JobCursor job, HttpRead read, bool isReturn)
    {
        var mode = place.Reads == Reading.EventStream ? "sse" : "long-poll";
        var offset = isReturn ? "" : $"&offset={read.Offset}";
        var request = new HttpRequestMessage(HttpMethod.Get, $"{place.HttpUrl}jobs/{job.Job}/events?live={mode}{offset}");
        if (isReturn)
        {
            request.Headers.Add("Last-Event-ID", read.Offset);
        }

        return request;
    }

    private static async Task TakeAsync(HttpResponseMessage answer, HttpRead read, Func<bool> isDone, CancellationTokenSource limit)
    {
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type == "text/event-stream")
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            await new EventStreamReading(read, isDone, () => limit.CancelAfter(Silence)).RunAsync(stream, limit.Token);
            return;
        }

        var body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.NoContent:
                TakePart(answer, body, read);
                break;
            case not HttpStatusCode.OK when type == "application/problem+json":
                using (var problem = JsonDocument.Parse(body))
                {
                    read.Failed(problem.RootElement);
                }

                break;
            default:
                read.Garbled($"HTTP {(int)answer.StatusCode} with {type ?? "no content"}");
                break;
        }
    }

    /// <summary>Takes an answer that isn't a stream.</summary>
    private static void TakePart(HttpResponseMessage answer, byte[] body, HttpRead read)
    {
        // An EventSource that comes back after the end gets no offset, because it has it.
        using var json = JsonDocument.Parse(body.Length == 0 ? "[]"u8.ToArray() : body);
        read.Took([.. json.RootElement.EnumerateArray()], Header(answer, "Stream-Next-Offset") ?? read.Offset);
        if (Header(answer, "Stream-Up-To-Date") is not null || body.Length == 0)
        {
            read.IsUpToDate();
        }

        if (Header(answer, "Stream-Closed") is not null || !answer.Headers.Contains("Stream-Next-Offset"))
        {
            read.Ended();
        }

        read.Over("1000");
    }

    private static string? Header(HttpResponseMessage answer, string header) =>
        answer.Headers.TryGetValues(header, out var values) ? string.Join(',', values) : null;

    /// <summary>No fault of a network does that to a stream of TCP.</summary>
    private static bool IsGarbled(Exception e) =>
        e is JsonException or KeyNotFoundException or FormatException or ArgumentException
        || e is InvalidOperationException and not ObjectDisposedException
        || e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
        || e is HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse };
}
