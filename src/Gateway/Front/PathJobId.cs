using System.Text;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Gateway.Front;

/// <summary>Reads the job id in a path.</summary>
internal static class PathJobId
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the job id.</summary>
    /// <param name="context">The request.</param>
    /// <param name="suffix">The end of the path, behind the job id.</param>
    /// <returns>The job id, or the reason that it isn't one.</returns>
    public static (string JobId, Refusal? Refusal) Read(HttpContext context, string suffix) =>
        Decode(context, suffix) is not { } jobId ? ("", Invalid("must be percent-encoded UTF-8."))
        : ClientMembers.FaultOfJobId(jobId) is { } fault ? ("", Invalid(fault))
        : (jobId, null);

    /// <summary>Decodes the job id from the path as it was sent: the server decodes everything but slashes.</summary>
    private static string? Decode(HttpContext context, string suffix)
    {
        // Counted from the end: a proxy may have taken a prefix off the path and named it in a header.
        var path = SentTarget.PathOf(context)[..^suffix.Length];
        var encoded = path[(path.LastIndexOf('/') + 1)..];
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(encoded[i].ToString()));
            }
            else if (i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.Add(Convert.FromHexString(encoded.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                return null;
            }
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Refusal Invalid(string fault) => Refusal.InvalidRequest with { Text = $"The job id in the path {fault}" };
}
