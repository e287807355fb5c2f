using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Jobs;

/// <summary>
/// A place in one backend's list: the page, and the last job of it that was taken. The job is named by its time, and not by its id, which
/// the caller may have no right to know. A job that changes in between moves to the front, and so can't move this place.
/// </summary>
/// <param name="PageToken">The backend's token for the page; empty for its first page.</param>
/// <param name="Last">The time of the last job that was taken of the page; null if none was.</param>
/// <param name="Ties">The number of jobs of that time that were taken of the page.</param>
internal sealed record ListPosition(string PageToken, WireTime? Last = null, int Ties = 0)
{
    public static readonly ListPosition Start = new("");

    /// <summary>The place behind a job.</summary>
    public ListPosition Behind(WireTime time) => this with { Last = time, Ties = time == Last ? Ties + 1 : 1 };

    /// <summary>Returns the number of jobs at the beginning of the page that were taken before.</summary>
    public int TakenOf(IReadOnlyList<ListedJob> page)
    {
        if (Last is not { } last)
        {
            return 0;
        }

        var newer = 0;
        while (newer < page.Count && page[newer].UpdatedAt.Order.CompareTo(last.Order) > 0)
        {
            newer++;
        }

        var taken = newer;
        while (taken < page.Count && taken - newer < Ties && page[taken].UpdatedAt == last)
        {
            taken++;
        }

        return taken;
    }
}
