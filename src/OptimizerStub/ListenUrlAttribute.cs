using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OptimizationGateway.OptimizerStub;

/// <summary>A URL that Kestrel can be told to listen on.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenUrlAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string url && TryParse(url, out _);

    /// <summary>localhost is taken as 127.0.0.1: one address, so that port 0 has one answer.</summary>
    public static bool TryParse(string url, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
        {
            return false;
        }

        var address = uri.Host == "localhost" ? IPAddress.Loopback : null;
        if (address is null && !IPAddress.TryParse(uri.DnsSafeHost, out address))
        {
            return false;
        }

        endPoint = new IPEndPoint(address, uri.Port);
        return true;
    }
}
