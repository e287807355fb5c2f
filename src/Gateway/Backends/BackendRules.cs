using OptimizationGateway.Hosting.Text;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>The rules for the settings of one backend. Each message names the setting by its full path, and no secret.</summary>
internal static class BackendRules
{
    /// <summary>Checks the settings.</summary>
    /// <param name="path">The backend's settings, <c>Gateway:Backends:name</c>.</param>
    /// <param name="options">The settings.</param>
    /// <param name="faults">Receives the faults in them.</param>
    public static void Check(string path, BackendOptions options, List<string> faults)
    {
        var address = BackendAddress.Parse(path, options, faults);
        if (WildcardPattern.ParseList(options.JobIds).Count == 0)
        {
            faults.Add($"{path}:JobIds is empty; it must be one or more patterns separated by commas, such as dspy-*, or * for all jobs.");
        }

        StaticMetadata.Parse(path, options.Metadata, faults);
        ForwardedNames.Check(path, options, faults);
        CheckTls($"{path}:Tls", options.Tls, address, faults);
    }

    private static void CheckTls(string path, TlsOptions tls, BackendAddress? address, List<string> faults)
    {
        (string Name, string Value)[] settings =
        [
            (nameof(tls.CertificateAuthority), tls.CertificateAuthority),
            (nameof(tls.ClientCertificate), tls.ClientCertificate),
            (nameof(tls.ClientKey), tls.ClientKey),
            (nameof(tls.ServerName), tls.ServerName),
        ];
        if (address is { IsTls: false } && Array.Find(settings, setting => setting.Value.Length > 0).Name is { } useless)
        {
            var remedy = address.IsName ? $"set {path}:Enabled=true" : "write https:// in the address";
            faults.Add($"{path}:{useless} is set, but this backend is spoken to without TLS; {remedy}, or leave it out.");
        }

        if (tls.ClientCertificate.Length > 0 != tls.ClientKey.Length > 0)
        {
            faults.Add($"{path}:ClientCertificate and {path}:ClientKey go together; both may name the same file.");
        }

        if (tls.ServerName.Length > 0 && Uri.CheckHostName(tls.ServerName) == UriHostNameType.Unknown)
        {
            faults.Add($"{path}:ServerName is '{tls.ServerName}'; it must be a host name, without a port.");
        }

        TlsFiles.Read(path, tls, faults)?.Dispose();
    }
}
