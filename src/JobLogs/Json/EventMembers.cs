using System.Text.Json;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Json;

/// <summary>The members of an event, as they are read in any order.</summary>
internal ref struct EventMembers
{
    private static readonly string[] Allowed = ["eventType", "iteration", "stage", "data", "timestamp"];
    private static readonly string[] TheLogs = ["id", "previousId", "epoch"];

    private readonly JobEvent jobEvent = new();
    private string eventType = "";
    private Utf8JsonReader data;
    private int seen;

    public EventMembers() { }

    /// <summary>Reads one member. The reader stands at its value, and then at the end of it.</summary>
    public void Add(ref Utf8JsonReader reader, string name)
    {
        CheckName(name);
        switch (name)
        {
            case "eventType":
                eventType = JsonMember.Text(ref reader);
                break;
            case "iteration":
                jobEvent.Iteration = JsonMember.Count(ref reader);
                break;
            case "stage":
                jobEvent.Stage = JsonMember.Text(ref reader);
                break;
            case "timestamp":
                jobEvent.Timestamp = JsonMember.Time(ref reader);
                break;
            case "data":
                // Read when the type is known, which may come later.
                data = reader;
                reader.Skip();
                break;
        }
    }

    /// <summary>Reads the data, and makes the event.</summary>
    public JobEvent Complete()
    {
        if (eventType.Length == 0)
        {
            throw EventJsonException.Of("is required: a text such as iteration_completed, or a name of your own.").In("eventType");
        }

        try
        {
            PayloadJson.Read(ref data, jobEvent, eventType);
            return jobEvent;
        }
        catch (EventJsonException fault)
        {
            throw fault.In("data");
        }
    }

    private void CheckName(string name)
    {
        var member = Array.IndexOf(Allowed, name);
        if (member < 0)
        {
            throw EventJsonException.Of(
                TheLogs.Contains(name)
                    ? "is given by the log: leave it out."
                    : $"isn't known. Allowed are {string.Join(", ", Allowed)}; members of your own belong into data."
            );
        }

        if ((seen & (1 << member)) != 0)
        {
            throw EventJsonException.Of("is there twice.");
        }

        seen |= 1 << member;
    }
}
