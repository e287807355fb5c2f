using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The names of the headers that a backend gets of a caller's handshake: the setting <c>ForwardHeaders</c>.</summary>
internal static class ForwardedNames
{
    /// <summary>Headers that belong to one hop, describe the hops, or are the gateway's own.</summary>
    private static readonly string[] OfHops = ["authorization", "expect", "forwarded", "http2-settings", "proxy-authorization", "via"];

    private static readonly string[] PrefixesOfHops = ["content-", "grpc-", "sec-", "x-forwarded-", "x-original-"];

    /// <summary>Returns the names in a setting, in lower case.</summary>
    public static IReadOnlyList<string> Parse(string setting) => [.. CommaList.Split(setting).Select(name => name.ToLowerInvariant())];

    /// <summary>Checks that the names can be forwarded.</summary>
    /// <param name="path">The backend's settings, <c>Gateway:Backends:name</c>.</param>
    /// <param name="options">The settings.</param>
    /// <param name="faults">Receives the faults in them.</param>
    public static void Check(string path, BackendOptions options, List<string> faults)
    {
        foreach (var name in Parse(options.ForwardHeaders))
        {
            if (name == "authorization")
            {
                faults.Add($"{path}:ForwardHeaders has authorization; for the caller's token set {path}:ForwardAuthorization=true.");
            }
            else if (StaticMetadata.FaultOf(name) is { } fault)
            {
                faults.Add($"{path}:ForwardHeaders has '{name}', which can't be sent: {fault}");
            }
            else if (name.EndsWith(StaticMetadata.Binary, StringComparison.Ordinal) || IsOfHops(name))
            {
                faults.Add($"{path}:ForwardHeaders has '{name}', which is never handed on: it is about one hop, or binary for gRPC.");
            }
        }

        // Otherwise a caller could put its own value beside the one that the backend trusts.
        var own = options.Metadata.Keys.Select(key => key.ToLowerInvariant()).ToList();
        var taken = Parse(options.ForwardHeaders).Concat(options.ForwardAuthorization ? ["authorization"] : []).Intersect(own);
        faults.AddRange(taken.Select(name => $"{path}:Metadata:{name} is also forwarded from callers; a backend must know whose it is."));
    }

    private static bool IsOfHops(string name) =>
        OfHops.Contains(name, StringComparer.Ordinal) || PrefixesOfHops.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
