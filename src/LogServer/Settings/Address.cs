using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OptimizationGateway.LogServer.Settings;

/// <summary>An address to listen on.</summary>
/// <param name="Ip">The IP address; null: all of them.</param>
/// <param name="Port">The port; 0: a free one.</param>
/// <param name="IsTls">True for https.</param>
internal sealed record Address(IPAddress? Ip, int Port, bool IsTls)
{
    public bool IsLoopback => Ip is not null && IPAddress.IsLoopback(Ip);

    /// <returns>Null if the URL names no address.</returns>
    public static Address? Parse(string url)
    {
        try
        {
            var binding = BindingAddress.Parse(url);
            var isKnown =
                binding.Scheme is "http" or "https" && !binding.IsUnixPipe && !binding.IsNamedPipe && binding.PathBase.Length == 0;
            return !isKnown || binding.Port is < 0 or > IPEndPoint.MaxPort ? null : Of(binding);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Listens there.</summary>
    /// <returns>The place, whose port is known after the start.</returns>
    public ListenOptions Listen(KestrelServerOptions kestrel, HttpProtocols protocols)
    {
        ListenOptions? place = null;
        var configure = (ListenOptions listen) =>
        {
            listen.Protocols = protocols;
            if (IsTls)
            {
                listen.UseHttps();
            }

            place = listen;
        };
        if (Ip is null)
        {
            kestrel.ListenAnyIP(Port, configure);
        }
        else
        {
            kestrel.Listen(Ip, Port, configure);
        }

        return place!;
    }

    private static Address? Of(BindingAddress binding)
    {
        var isTls = binding.Scheme == "https";
        return binding.Host is "*" or "+" ? new Address(Ip: null, binding.Port, isTls)
            : string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase)
                ? new Address(IPAddress.Loopback, binding.Port, isTls)
            : IPAddress.TryParse(binding.Host, out var ip) ? new Address(ip, binding.Port, isTls)
            : null;
    }
}
