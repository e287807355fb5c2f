using System.Text;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>Reads text that has to be UTF-8.</summary>
internal static class WireText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Null if the bytes aren't UTF-8.</returns>
    public static string? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
