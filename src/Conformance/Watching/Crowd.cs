namespace OptimizationGateway.Conformance.Watching;

/// <summary>Many watches that were opened at once.</summary>
internal static class Crowd
{
    /// <summary>
    /// Waits for the first message or the end of each. A server that is slow answers one after another, which breaks no rule; so the time is
    /// counted from the last answers, not from the opening.
    /// </summary>
    /// <param name="watches">The watches; nothing was read of them.</param>
    /// <param name="within">The longest time in which none of those that are left is answered.</param>
    /// <returns>Those that were not answered.</returns>
    public static async Task<IReadOnlyList<Watch>> UnansweredAsync(IReadOnlyList<Watch> watches, TimeSpan within, CancellationToken token)
    {
        while (true)
        {
            await Task.WhenAll(watches.Select(watch => watch.HearsAsync(within, token)));
            List<Watch> left = [.. watches.Where(watch => watch.End is null && watch.Story.Messages.Count == 0)];
            if (left.Count == 0 || left.Count == watches.Count)
            {
                return left;
            }

            watches = left;
        }
    }
}
