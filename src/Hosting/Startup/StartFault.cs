using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Hosting.Startup;

/// <summary>The reason a start failed, in one line without a stack.</summary>
public static class StartFault
{
    /// <param name="fault">The exception that ended the start.</param>
    /// <param name="listening">The sentence about the settings that say where the program listens.</param>
    public static string Of(Exception fault, string listening)
    {
        // Of a file that isn't JSON only the innermost knows the line.
        var text = fault switch
        {
            InvalidDataException => $"{fault.Message} {fault.GetBaseException().Message}",
            OptionsValidationException settings => string.Join(' ', settings.Failures),
            _ => fault.Message,
        };
        var line = SecretText.Hide(text.ReplaceLineEndings(" "));
        var isAboutAnAddress =
            fault is IOException or FormatException or SocketException or ArgumentOutOfRangeException or InvalidOperationException;
        return isAboutAnAddress ? $"{line.TrimEnd('.')}. {listening}" : line;
    }
}
