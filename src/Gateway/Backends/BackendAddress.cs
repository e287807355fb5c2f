namespace OptimizationGateway.Gateway.Backends;

/// <summary>The address of a backend.</summary>
/// <param name="Urls">The URL of each replica; of <c>dns:///</c> the one URL by name.</param>
/// <param name="IsName">True if each address behind the name is a replica, found by DNS.</param>
internal sealed record BackendAddress(IReadOnlyList<Uri> Urls, bool IsName)
{
    private const string DnsScheme = "dns";

    public bool IsTls => Urls[0].Scheme == Uri.UriSchemeHttps;

    /// <summary>Reads the address from a backend's settings.</summary>
    /// <param name="path">The backend's settings, <c>Gateway:Backends:name</c>.</param>
    /// <param name="options">The settings.</param>
    /// <param name="faults">Receives the faults in them.</param>
    /// <returns>Null if there is a fault.</returns>
    public static BackendAddress? Parse(string path, BackendOptions options, List<string> faults)
    {
        var before = faults.Count;
        if (options.Address.Length > 0 && options.Addresses.Length > 0)
        {
            faults.Add($"{path}:Address and {path}:Addresses are both set; a backend is at one address or at a list of them.");
        }

        var address = options.Addresses.Length > 0 ? OfList(path, options, faults) : OfOne(path, options, faults);
        return faults.Count == before ? address : null;
    }

    private static BackendAddress? OfOne(string path, BackendOptions options, List<string> faults)
    {
        if (OfName(options.Address, isTls: options.Tls.Enabled is true) is { } name)
        {
            return new BackendAddress([name], IsName: true);
        }

        if (OfUrl(options.Address) is { } url)
        {
            CheckScheme(path, url, options.Tls, faults);
            return new BackendAddress([url], IsName: false);
        }

        faults.Add(
            $"{path}:Address is '{options.Address}'; it must be an absolute http:// or https:// URL, such as http://127.0.0.1:5001, "
                + "or dns:///name:port."
        );
        return null;
    }

    private static BackendAddress? OfList(string path, BackendOptions options, List<string> faults)
    {
        var urls = new List<Uri>();
        foreach (var text in options.Addresses.Split(',', StringSplitOptions.TrimEntries))
        {
            if (OfUrl(text) is { } url)
            {
                urls.Add(url);
            }
            else
            {
                faults.Add($"{path}:Addresses has '{text}'; each must be an absolute http:// or https:// URL, separated by commas.");
            }
        }

        if (urls.Count == 0)
        {
            return null;
        }

        if (urls.Exists(url => url.Scheme != urls[0].Scheme))
        {
            faults.Add($"{path}:Addresses has http:// and https:// URLs; the replicas of one backend have TLS all or none.");
        }

        if (urls.Distinct().Count() < urls.Count)
        {
            faults.Add($"{path}:Addresses names a replica twice.");
        }

        CheckScheme(path, urls[0], options.Tls, faults);
        return new BackendAddress(urls, IsName: false);
    }

    private static void CheckScheme(string path, Uri url, TlsOptions tls, List<string> faults)
    {
        if (tls.Enabled is { } isEnabled && isEnabled != (url.Scheme == Uri.UriSchemeHttps))
        {
            faults.Add($"{path}:Tls:Enabled is {isEnabled}, but the address begins with {url.Scheme}://; it is there for dns:/// alone.");
        }
    }

    private static Uri? OfUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" } && url.Host.Length > 0 ? url : null;

    /// <summary>
    /// Reads gRPC's form without an authority, <c>dns:///name:port</c>. The port is required, since there is no usual one.
    /// </summary>
    private static Uri? OfName(string text, bool isTls)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme != DnsScheme
            || url.Host.Length > 0
            || url.Query.Length + url.Fragment.Length > 0
        )
        {
            return null;
        }

        var place = url.AbsolutePath.TrimStart('/');
        var port = place[(place.LastIndexOf(':') + 1)..];
        return
            place.Contains(':', StringComparison.Ordinal)
            && ushort.TryParse(port, out var number)
            && number > 0
            && OfUrl($"{(isTls ? "https" : "http")}://{place}") is { AbsolutePath: "/", UserInfo: "" } named
            ? named
            : null;
    }
}
