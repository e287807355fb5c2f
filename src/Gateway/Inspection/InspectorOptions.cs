using System.ComponentModel.DataAnnotations;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>The inspector: the settings under <c>Gateway:Inspector</c>.</summary>
internal sealed record InspectorOptions
{
    /// <summary>
    /// The URL that the inspector alone listens on: <c>http://</c> or <c>https://</c>, an IP address or <c>localhost</c>, and a port,
    /// such as <c>http://127.0.0.1:9091</c>. Default: empty, for no inspector.
    /// </summary>
    public string Url { get; init; } = "";

    /// <summary>
    /// The key that operators send: 32 to 512 printable ASCII characters without a blank. Default: none; it or KeyFile is required.
    /// </summary>
    [Secret]
    public string Key { get; init; } = "";

    /// <summary>
    /// A file with such keys, one a line, each after a name and a blank if it has a name; empty lines and those that begin with
    /// <c>#</c> don't count. It is read again when it has changed. Default: none.
    /// </summary>
    public string KeyFile { get; init; } = "";

    /// <summary>The number of ended connections that are remembered. Default: 200.</summary>
    [Range(0, 10_000)]
    public int EndedConnections { get; init; } = 200;

    /// <summary>True if there is an inspector.</summary>
    public bool IsOn => Url.Length > 0;
}
