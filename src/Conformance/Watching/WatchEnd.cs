using System.Text;
using Grpc.Core;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>The end of a stream.</summary>
internal sealed record WatchEnd(StatusCode Status, string Detail, Metadata Trailers, bool IsTransport = false)
{
    public bool IsOk => Status == StatusCode.OK;

    /// <summary>As people know it.</summary>
    public override string ToString() => IsOk || Detail.Length == 0 ? Name(Status) : $"{Name(Status)} ({Detail})";

    /// <summary>As the specification writes it: NotFound is NOT_FOUND.</summary>
    public static string Name(StatusCode status)
    {
        if (status == StatusCode.OK)
        {
            return "OK";
        }

        var name = new StringBuilder();
        foreach (var c in status.ToString())
        {
            name.Append(char.IsUpper(c) && name.Length > 0 ? "_" : "").Append(char.ToUpperInvariant(c));
        }

        return name.ToString();
    }
}
