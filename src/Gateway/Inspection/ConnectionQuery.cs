using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;
using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Sessions;
using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The filters, order and page size of a request for connections.</summary>
internal sealed class ConnectionQuery
{
    public const int DefaultLimit = 100;
    public const int MostAtOnce = 1_000;

    private static readonly string[] Names = ["job", "address", "caller", "q", "slow", "sort", "order", "limit", "cursor"];

    /// <summary>The pattern of a job that they watch; <c>*</c> stands for any characters.</summary>
    private WildcardPattern? Job { get; set; }

    private IPNetwork? Address { get; set; }

    private WildcardPattern? Caller { get; set; }

    /// <summary>A text in their id, address, browser, origin or caller, or in the id of a job they watch.</summary>
    private string? Text { get; set; }

    private bool OnlySlow { get; set; }

    public ConnectionSort Sort { get; private set; }

    public bool Ascending { get; private set; }

    public int Limit { get; private set; } = DefaultLimit;

    /// <summary>The place where the page before ended.</summary>
    public PageCursor? After { get; private set; }

    /// <param name="values">The query of the request.</param>
    /// <param name="fault">The fault as a sentence that says what is allowed; empty if there is none.</param>
    /// <returns>The query; null if there is a fault.</returns>
    public static ConnectionQuery? Parse(IEnumerable<KeyValuePair<string, StringValues>> values, out string fault)
    {
        var query = new ConnectionQuery();
        fault = "";
        foreach (var (name, value) in values)
        {
            fault = value is [{ } one] ? query.Take(name, one) : $"{Shown(name)} stands more than once.";
            if (fault.Length > 0)
            {
                return null;
            }
        }

        if (query.After is { } after && (after.Sort != query.Sort || after.Ascending != query.Ascending))
        {
            fault = "cursor is of a list in another order. Leave it out to begin anew, or ask with the same sort and order.";
            return null;
        }

        return query;
    }

    public bool Matches(ClientInfo who) => Matches(who.Address, who.Name);

    /// <param name="lagSeconds">The time that the oldest event has waited.</param>
    public bool Matches(double? lagSeconds) => !OnlySlow || lagSeconds >= SubscriptionProgress.SlowSeconds;

    public bool Matches(ConnectionDetail ended)
    {
        var (who, jobs) = (ended.Who, ended.Subscriptions.Select(subscription => subscription.JobId));
        var isNamed = Has(ended.Id) || Has(who.Address) || Has(who.UserAgent) || Has(who.Origin) || Has(who.Name) || jobs.Any(Has);
        return isNamed
            && (Job is null || jobs.Any(Watches))
            && Matches(who.Address is { } address ? IPAddress.Parse(address) : null, who.Name)
            && (!OnlySlow || ended.Subscriptions.Any(subscription => Matches(subscription.LagSeconds)));
    }

    /// <summary>True if there is no filter by job.</summary>
    public bool WantsAnyJob => Job is null;

    public bool Watches(string jobId) => Job is null || Job.Matches(jobId);

    /// <summary>True if the text stands in the connection's id, address, browser, origin or caller, or if there is no text.</summary>
    public bool IsNamedBy(ClientInfo who) =>
        Has(who.ConnectionId) || Has($"{who.Address}") || Has(who.UserAgent) || Has(who.Origin) || Has(who.Name);

    public bool IsNamedBy(string jobId) => Has(jobId);

    private bool Matches(IPAddress? from, string? calledAs) =>
        (Address is not { } network || (from is not null && network.Contains(from)))
        && (Caller is null || (calledAs is not null && Caller.Matches(calledAs)));

    private bool Has(string? where) => Text is null || (where?.Contains(Text, StringComparison.OrdinalIgnoreCase) ?? false);

    private string Take(string name, string value)
    {
        switch (name)
        {
            case "job":
                Job = new WildcardPattern(value);
                return "";
            case "caller":
                Caller = new WildcardPattern(value);
                return "";
            case "q":
                Text = value.Length > 0 ? value : null;
                return "";
            case "address":
                Address = NetworkOf(value);
                return Address is null ? "address must be an IP address, or a network such as 10.0.0.0/8." : "";
            case "slow":
                OnlySlow = value == "true";
                return value is "true" or "false" ? "" : "slow must be true or false.";
            case "sort":
                return TakeSort(value);
            case "order":
                Ascending = value == "asc";
                return value is "asc" or "desc" ? "" : "order must be asc or desc.";
            case "limit":
                var isLimit = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit);
                Limit = limit;
                return isLimit && limit is >= 1 and <= MostAtOnce ? "" : $"limit must be a number from 1 to {MostAtOnce}.";
            case "cursor":
                After = PageCursor.Parse(value);
                return After is null ? "cursor must be the next of an earlier answer." : "";
            default:
                return $"{Shown(name)} is no filter. There are {string.Join(", ", Names)}.";
        }
    }

    private string TakeSort(string value)
    {
        var sorts = Enum.GetValues<ConnectionSort>().ToDictionary(sort => sort.ToString().ToLowerInvariant(), StringComparer.Ordinal);
        var isKnown = sorts.TryGetValue(value, out var sort);
        Sort = sort;
        return isKnown ? "" : $"sort must be one of {string.Join(", ", sorts.Keys)}.";
    }

    private static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    private static string Shown(string name) => ClientInfo.Clean(name) ?? "A parameter without a name";
}

/// <summary>The orders of connections.</summary>
internal enum ConnectionSort
{
    /// <summary>By the time they connected.</summary>
    Since,

    /// <summary>By the largest lag of a subscription, in event ids.</summary>
    Lag,

    /// <summary>By the time that their oldest event has waited.</summary>
    Waiting,

    /// <summary>By the bytes that wait for them.</summary>
    Queued,

    /// <summary>By the events they took.</summary>
    Sent,

    /// <summary>By their condition, and within one condition by the time that an event has waited.</summary>
    Worst,
}
