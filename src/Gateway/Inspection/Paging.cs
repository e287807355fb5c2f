namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Cuts one page out of what matches.</summary>
internal sealed class Paging<Item>(ConnectionQuery query)
{
    private readonly List<(long Value, string Id, Item Item)> matched = [];

    public int Count => matched.Count;

    /// <param name="value">What it is sorted by.</param>
    /// <param name="id">What decides between two that are equal.</param>
    /// <param name="item">The thing itself.</param>
    public void Add(long value, string id, Item item) => matched.Add((value, id, item));

    /// <returns>The page, and the cursor of the next one; null where there is none.</returns>
    public (IReadOnlyList<Item> Items, string? Next) Cut()
    {
        var rest = query.After is { } after
            ? matched.FindAll(entry => Compare((entry.Value, entry.Id), (after.Value, after.Id)) > 0)
            : matched;
        rest.Sort((left, right) => Compare((left.Value, left.Id), (right.Value, right.Id)));
        var page = rest[..Math.Min(query.Limit, rest.Count)];
        var next = page.Count < rest.Count ? new PageCursor(query.Sort, query.Ascending, page[^1].Value, page[^1].Id).ToString() : null;
        return ([.. page.Select(entry => entry.Item)], next);
    }

    private int Compare((long Value, string Id) left, (long Value, string Id) right)
    {
        var order = left.Value.CompareTo(right.Value);
        order = order != 0 ? order : string.CompareOrdinal(left.Id, right.Id);
        return query.Ascending ? order : -order;
    }
}
