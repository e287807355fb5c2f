using System.Text.Json;

namespace OptimizationGateway.Faults.Clients;

/// <summary>Reads one stream of server-sent events. An event counts when its empty line has come.</summary>
/// <param name="read">The request.</param>
/// <param name="isDone">True when the client has what it came for.</param>
/// <param name="heard">Called with each line.</param>
internal sealed class EventStreamReading(HttpRead read, Func<bool> isDone, Action heard)
{
    private string id = "";
    private string kind = "";
    private string data = "";

    public async Task RunAsync(Stream stream, CancellationToken stop)
    {
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            heard();
            if (line.Length > 0)
            {
                Take(line);
                continue;
            }

            if (data.Length > 0)
            {
                using var json = JsonDocument.Parse(data);
                Take(json.RootElement);
                (kind, data) = ("", "");
            }

            if (isDone())
            {
                return;
            }
        }
    }

    private void Take(string line)
    {
        var (field, value) = line.Split(':', 2) is [var first, var rest] ? (first, rest.TrimStart(' ')) : (line, "");
        switch (field)
        {
            case "id":
                id = value;
                break;
            case "event":
                kind = value;
                break;
            case "data":
                data += value;
                break;
            case "retry" or "":
                break;
            default:
                throw new FormatException($"An event stream has no field '{field}'.");
        }
    }

    private void Take(JsonElement told)
    {
        if (kind == "data")
        {
            read.Took([.. told.EnumerateArray()], id);
            return;
        }

        if (told.TryGetProperty("code", out _))
        {
            read.Failed(told);
            return;
        }

        read.Took([], told.GetProperty("streamNextOffset").GetString()!);
        if (told.TryGetProperty("upToDate", out _))
        {
            read.IsUpToDate();
        }

        if (told.TryGetProperty("streamClosed", out _))
        {
            read.Ended();
        }
    }
}
