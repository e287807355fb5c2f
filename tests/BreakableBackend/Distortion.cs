using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.BreakableBackend;

/// <summary>What is wrong with events as they go out, on one stream.</summary>
internal sealed class Distortion(Fault fault)
{
    private const int Rarely = 5;
    private const int ManyBytes = 30 * 1024;
    private const int TooManyBytes = 5 * 1024 * 1024;

    private int count;
    private long sent;

    public IEnumerable<JobEvent> History(List<JobEvent> batch) =>
        fault switch
        {
            Fault.HistoryBackwards => Enumerable.Reverse(batch),
            Fault.EventLostInHistory when batch.Count > 1 => batch.Where((_, i) => i != 1),
            _ => batch.ConvertAll(Of),
        };

    public JobEvent Of(JobEvent jobEvent)
    {
        if (++count % Rarely != 0)
        {
            sent = jobEvent.Id;
            return jobEvent;
        }

        var other = jobEvent.Clone();
        switch (fault)
        {
            case Fault.IdsRepeat:
                other.Id = sent;
                break;
            case Fault.IdsOfAnotherEvent:
                other.Stage = Guid.NewGuid().ToString();
                break;
            case Fault.WrongPreviousId:
                other.PreviousId = jobEvent.Id - 1 == jobEvent.PreviousId ? jobEvent.Id - 2 : jobEvent.Id - 1;
                break;
            case Fault.BatchOfTooManyBytes:
                other.Stage = new string('x', ManyBytes);
                break;
            case Fault.EventTooLarge:
                other.Stage = new string('x', TooManyBytes);
                break;
            case Fault.NoTimestamp:
                other.Timestamp = null;
                break;
            case Fault.TimestampOutOfRange:
                other.Timestamp = new Timestamp { Seconds = 253_402_300_800 };
                break;
            case Fault.CustomEventByADocumentedName:
                other.Custom = new CustomEvent { EventType = "job_completed" };
                break;
        }

        return other;
    }
}
