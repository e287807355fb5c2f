using System.Text;
using System.Text.Json;
using OptimizationGateway.Faults.Logs.Checker;

namespace OptimizationGateway.Faults.Logs.Watching;

/// <summary>Reads the events of a message of the gateway.</summary>
internal static class GotReader
{
    private static readonly string[] Terminal = ["job_completed", "job_cancelled"];

    public static Got Read(JsonElement jobEvent, string epoch)
    {
        var (type, data) = (jobEvent.GetProperty("eventType").GetString()!, jobEvent.GetProperty("data"));
        var content = new StringBuilder();
        foreach (var member in jobEvent.EnumerateObject().Where(member => member.Name != "id"))
        {
            content.Append(member.Name).Append(':').Append(member.Value.GetRawText()).Append('\n');
        }

        var token = data.TryGetProperty("p", out var producer)
            ? new EventToken(
                string.Intern(producer.GetString()!),
                data.GetProperty("e").GetInt64(),
                data.GetProperty("s").GetInt64(),
                data.GetProperty("i").GetInt32()
            )
            : (EventToken?)null;
        var ends = Terminal.Contains(type) || (type == "job_failed" && !data.GetProperty("willRetry").GetBoolean());
        return new Got(epoch, jobEvent.GetProperty("id").GetInt64(), Hash(content.ToString()), token, ends);
    }

    private static string Hash(string content) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content)), 0, 12);
}
