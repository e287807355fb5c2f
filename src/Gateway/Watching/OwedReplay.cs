namespace OptimizationGateway.Gateway.Watching;

/// <summary>Which empty <c>replay</c> the client waits for; any other is no news to it. Pure.</summary>
internal sealed class OwedReplay
{
    private bool owesAllClear;

    /// <summary>Whether the client was promised a replay that says it is the last.</summary>
    public bool OwesLast { get; private set; }

    /// <summary>Where the client asked for history, or gets some of it once more, there will be a last of it.</summary>
    public void Promise(bool last) => OwesLast |= last;

    /// <summary>Nothing has come of the present stream yet, or an event that says by itself that all is well.</summary>
    public void ForgetAllClear() => owesAllClear = false;

    /// <summary>Whether this replay is to be told now.</summary>
    /// <param name="isEmpty">Whether it has no event.</param>
    /// <param name="hasMore">Whether more follows.</param>
    /// <param name="isOutageTold">Whether the client was told that the backend is away.</param>
    public bool IsNews(bool isEmpty, bool hasMore, bool isOutageTold)
    {
        var isNews = !isEmpty || (!hasMore && OwesLast);
        OwesLast = isNews ? hasMore : OwesLast;
        owesAllClear = !isNews && !hasMore && isOutageTold;
        return isNews;
    }

    /// <summary>
    /// The outage is over: whether the client is still to be told. Not before, since a backend that accepts and fails in a loop is not well.
    /// </summary>
    public bool TakeAllClear()
    {
        var isOwed = owesAllClear;
        owesAllClear = false;
        return isOwed;
    }
}
