using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>One WatchJob call. Nothing is read before it is asked for, so that a watch can be a reader that is stuck.</summary>
internal sealed class Watch : IDisposable
{
    private readonly AsyncServerStreamingCall<WatchJobResponse> call;
    private readonly CancellationTokenSource stop;
    private readonly TimeProvider time;
    private readonly Overheard overheard;
    private readonly long openedAt;
    private Task<bool>? hearing;

    public Watch(
        Func<CancellationToken, AsyncServerStreamingCall<WatchJobResponse>> open,
        WatchJobRequest request,
        TimeProvider time,
        Overheard overheard,
        CancellationToken token
    )
    {
        this.time = time;
        this.overheard = overheard;
        Request = request;
        Story = new Story(request);
        stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        openedAt = time.GetTimestamp();
        call = open(stop.Token);
    }

    public WatchJobRequest Request { get; }

    /// <summary>All that was heard so far.</summary>
    public Story Story { get; }

    public WatchEnd? End => Story.End;

    /// <summary>The time since it was opened.</summary>
    public TimeSpan Age => time.GetElapsedTime(openedAt);

    /// <summary>True if the response headers have arrived, which confirm nothing.</summary>
    public bool HasHeaders => call.ResponseHeadersAsync.IsCompletedSuccessfully;

    /// <summary>Waits for the next message or the end; both go into the story.</summary>
    /// <returns>False: neither came. It may be asked again.</returns>
    public async Task<bool> HearsAsync(TimeSpan within, CancellationToken token)
    {
        if (End is not null)
        {
            return true;
        }

        hearing ??= call.ResponseStream.MoveNext(CancellationToken.None);
        try
        {
            var hasMore = await hearing.WaitAsync(within, time, token);
            hearing = null;
            if (hasMore)
            {
                Story.Add(call.ResponseStream.Current, Age);
                overheard.Listen(Story);
            }
            else
            {
                Story.Finish(new WatchEnd(StatusCode.OK, "", call.GetTrailers()), Age);
            }

            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (RpcException error)
        {
            // A status that the server sent has no exception behind it; one that the library made up of a fault has.
            Story.Finish(new WatchEnd(error.StatusCode, error.Status.Detail, error.Trailers, error.Status.DebugException is not null), Age);
            return true;
        }
    }

    /// <summary>The next message; null at the end. Silence is a breach.</summary>
    public async Task<WatchJobResponse?> NextAsync(TimeSpan within, CancellationToken token)
    {
        if (!await HearsAsync(within, token))
        {
            throw Silence(within);
        }

        return End is null ? Story.Messages[^1] : null;
    }

    /// <summary>The breach of a watch on which nothing came for so long.</summary>
    public BreachException Silence(TimeSpan time)
    {
        var last =
            Story.Messages.Count > 0 ? $"after {Spoken.Message(Story.Messages[^1])}"
            : HasHeaders ? "after the response headers, which confirm nothing"
            : "at all";
        return new BreachException($"Nothing came for {Spoken.Time(time)} {last}, on {Spoken.Request(Request)}.");
    }

    /// <summary>Reads on to the end, of whatever kind. Silence is a breach.</summary>
    public async Task<Story> ToEndAsync(TimeSpan within, CancellationToken token)
    {
        while (await NextAsync(within, token) is not null) { }

        return Story;
    }

    /// <summary>Reads on until the history that was asked for is there, or is over: by a live event, or the end. Silence is a breach.</summary>
    public async Task<Story> ToEndOfHistoryAsync(TimeSpan within, CancellationToken token)
    {
        while (!Story.HasWholeHistory && await NextAsync(within, token) is { Event: null }) { }

        return Story;
    }

    public void Cancel() => stop.Cancel();

    public void Dispose()
    {
        stop.Cancel();
        call.Dispose();
        stop.Dispose();
    }
}
