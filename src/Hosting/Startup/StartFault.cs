using System.Net.Sockets;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Gateway.Startup;

/// <summary>The reason a start failed, in one line without a stack.</summary>
internal static class StartFault
{
    private const string Listening =
        "The setting Urls says where it listens, such as --Urls=http://127.0.0.1:8081; for https:// "
        + "Kestrel:Certificates:Default:Path names the certificate.";

    public static string Of(Exception fault)
    {
        // Of a file that isn't JSON only the innermost knows the line.
        var text = fault is InvalidDataException ? $"{fault.Message} {fault.GetBaseException().Message}" : fault.Message;
        var line = SecretText.Hide(text.ReplaceLineEndings(" "));
        var isAboutAnAddress =
            fault is IOException or FormatException or SocketException or ArgumentOutOfRangeException or InvalidOperationException;
        return isAboutAnAddress ? $"{line.TrimEnd('.')}. {Listening}" : line;
    }
}
