using System.Globalization;
using System.Net;
using System.Text;
using OptimizationGateway.Contracts;
using OptimizationGateway.Faults.Logs.Checker;
using OptimizationGateway.Faults.Logs.Run;

namespace OptimizationGateway.Faults.Logs.Producing;

/// <summary>A producer in C#: plain HTTP requests with the producer's three headers.</summary>
internal sealed class DotnetLife(
    HttpClient http,
    IReadOnlyList<Uri> servers,
    string job,
    string producer,
    long epoch,
    int appends,
    int batch,
    Random random,
    LogRecorder recorder
) : IProducerLife
{
    /// <summary>Told where a log went back behind the beginning of the run: a new run goes on.</summary>
    private const string RunIsForgotten = "must begin with sequence 0";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task<LifeEnd> RunAsync(CancellationToken kill)
    {
        try
        {
            for (var sequence = 0; ; sequence++)
            {
                var append = new Append(job, producer, epoch, sequence, random.Next(1, batch + 1), Ends: sequence == appends - 1);
                if (await SendAsync(append, kill) is { } end)
                {
                    return end;
                }

                if (append.Ends)
                {
                    return LifeEnd.JobEnded;
                }

                await Task.Delay(random.Next(5, 60), kill);
            }
        }
        catch (OperationCanceledException) when (kill.IsCancellationRequested)
        {
            return LifeEnd.Killed;
        }
    }

    /// <returns>The end of this life; null: the append was made.</returns>
    private async Task<LifeEnd?> SendAsync(Append append, CancellationToken kill)
    {
        var isUnknown = false;
        for (var attempt = random.Next(servers.Count); ; attempt++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(kill);
            patience.CancelAfter(Patience);
            try
            {
                using var answer = await http.SendAsync(Request(append, servers[attempt % servers.Count]), patience.Token);
                switch (answer.StatusCode)
                {
                    case HttpStatusCode.OK or HttpStatusCode.NoContent:
                        Acknowledge(append, answer);
                        return null;
                    case HttpStatusCode.Forbidden:
                        Refuse(append, "403 fenced", isUnknown);
                        return LifeEnd.Fenced;
                    case HttpStatusCode.Conflict:
                        return await ConflictAsync(append, answer, isUnknown);
                    case HttpStatusCode.BadRequest:
                        var text = await answer.Content.ReadAsStringAsync(kill);
                        if (!text.Contains(RunIsForgotten, StringComparison.Ordinal))
                        {
                            recorder.Surprise($"{append}: 400 {text}");
                        }

                        return LifeEnd.Killed;
                    default:
                        // The store may have made it before it was away.
                        isUnknown |= answer.StatusCode != HttpStatusCode.TooManyRequests;
                        break;
                }
            }
            catch (Exception error) when (!kill.IsCancellationRequested && error is HttpRequestException or OperationCanceledException)
            {
                isUnknown = true;
            }

            await Task.Delay(Pause, kill);
        }
    }

    private static HttpRequestMessage Request(Append append, Uri server)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, $"/jobs/{append.Job}/events"))
        {
            Content = new StringContent(append.ToJson(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Producer-Id", append.Producer);
        request.Headers.Add("Producer-Epoch", append.Epoch.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Producer-Seq", append.Sequence.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    private void Acknowledge(Append append, HttpResponseMessage answer)
    {
        var place = StreamOffset.Parse(answer.Headers.GetValues("Stream-Next-Offset").Single())!;
        recorder.Add(
            new Acknowledged(append.Job, append.Tokens, place.Epoch, place.EventId, IsRepeat: answer.StatusCode == HttpStatusCode.NoContent)
        );
    }

    private void Refuse(Append append, string answer, bool isUnknown)
    {
        if (!isUnknown)
        {
            recorder.Add(new Refused(append.Job, append.Tokens, answer));
        }
    }

    private async Task<LifeEnd> ConflictAsync(Append append, HttpResponseMessage answer, bool isUnknown)
    {
        if (answer.Headers.Contains("Stream-Closed"))
        {
            Refuse(append, "409 ended", isUnknown);
            return LifeEnd.JobEnded;
        }

        // A log that went back knows less of the producer than it had acknowledged: a new run goes on.
        Refuse(append, $"409 {await answer.Content.ReadAsStringAsync()}", isUnknown);
        return LifeEnd.Killed;
    }
}
