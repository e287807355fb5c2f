using System.Globalization;
using Microsoft.Extensions.Primitives;
using OptimizationGateway.Gateway.Jobs;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Reads the query of a request for a list of jobs.</summary>
internal static class JobsRequest
{
    private const int UsualPageSize = 50;
    private const int MaxPageSize = 200;
    private const int MaxText = 256;

    private static readonly string[] Once = ["q", "pageSize", "pageToken"];

    /// <summary>Reads a request.</summary>
    /// <returns>The question, or the reason that it isn't one.</returns>
    public static (JobQuery? Query, Refusal? Refusal) Read(HttpContext context)
    {
        var query = context.Request.Query;
        var states = query["state"].Select(state => state ?? "").Distinct(StringComparer.Ordinal).ToList();
        if (states.Find(state => !JobCatalog.States.Contains(state, StringComparer.Ordinal)) is not null)
        {
            return Invalid($"state must be one of {string.Join(", ", JobCatalog.States)}; repeat it for several.");
        }

        if (Once.FirstOrDefault(name => query[name].Count > 1) is { } repeated)
        {
            return Invalid($"{repeated} may be sent once.");
        }

        var text = query["q"].ToString();
        if (text.Length > MaxText || text.Any(char.IsControl))
        {
            return Invalid($"q must have at most {MaxText} characters and no control characters.");
        }

        if (SizeIn(query["pageSize"]) is not { } size)
        {
            return Invalid($"pageSize must be a number from 1 to {MaxPageSize}.");
        }

        return query["pageToken"].ToString() is { Length: > 0 } token
            ? ReadAfter(new JobQuery(size, states, text, Token: null), token)
            : (new JobQuery(size, states, text, Token: null), null);
    }

    private static (JobQuery?, Refusal?) ReadAfter(JobQuery query, string token) =>
        PageToken.Parse(token) is not { } place ? Invalid("pageToken must be nextPageToken of an earlier answer, as it was.")
        : place.Question != PageToken.HashOf(query.States, query.Text)
            ? Invalid("pageToken is of another question: keep state and q while you turn pages, or leave pageToken out.")
        : (query with { Token = place }, null);

    private static int? SizeIn(StringValues size) =>
        size.Count == 0 ? UsualPageSize
        : int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxPageSize ? number
        : null;

    private static (JobQuery?, Refusal?) Invalid(string text) => (null, Refusal.InvalidRequest with { Text = text });
}
