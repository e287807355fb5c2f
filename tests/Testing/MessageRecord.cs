using System.Globalization;
using System.Text;
using System.Text.Json;
using OptimizationGateway.Gateway.Protocol;

namespace OptimizationGateway.Testing;

/// <summary>
/// Every message that the tests' clients exchange with gateways, written down for tests/schema to judge: one line each, in a file of this
/// process in the folder that <see cref="Variable"/> names. Without it nothing is written.
/// </summary>
internal static class MessageRecord
{
    private const string Variable = "RECORD_MESSAGES";

    private static readonly Lock Gate = new();
    private static readonly StreamWriter? File = Open();

    /// <summary>A message of the gateway's.</summary>
    public static void Received(ReadOnlySpan<byte> utf8)
    {
        if (File is not null)
        {
            Write("server", Encoding.UTF8.GetString(utf8));
        }
    }

    /// <summary>A client's message; what the gateway refuses is no message of the protocol, and isn't written down.</summary>
    public static void Sent(string text)
    {
        if (File is not null && ClientMessageParser.Parse(Encoding.UTF8.GetBytes(text)).Message is not null)
        {
            Write("client", text);
        }
    }

    /// <summary>The text as it was, also where it has line ends of its own.</summary>
    private static void Write(string sender, string text)
    {
        var line = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["from"] = sender, ["text"] = text });
        lock (Gate)
        {
            File!.WriteLine(line);
        }
    }

    private static StreamWriter? Open()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
        {
            return null;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{AppDomain.CurrentDomain.FriendlyName}.{Environment.ProcessId}.jsonl");
        var file = new StreamWriter(Path.Combine(Directory.CreateDirectory(folder).FullName, name));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            lock (Gate)
            {
                file.Flush();
            }
        };
        return file;
    }
}
