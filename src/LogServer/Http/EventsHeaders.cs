using System.Globalization;
using OptimizationGateway.Contracts;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Append;

namespace OptimizationGateway.LogServer.Http;

/// <summary>The headers of a request that are about the log.</summary>
/// <param name="Producer">The producer's place in its sequence; null: none.</param>
/// <param name="Lease">The lease that is asked for; null: as it is.</param>
/// <param name="ExpectedLastId">The id that the last event must have; null: any.</param>
/// <param name="Closes">True if the job has to have ended afterwards.</param>
internal sealed record EventsHeaders(JobProducer? Producer, TimeSpan? Lease, long? ExpectedLastId, bool Closes)
{
    public const string NextOffset = "Stream-Next-Offset";
    public const string Closed = "Stream-Closed";
    public const string ProducerId = "Producer-Id";
    public const string ProducerEpoch = "Producer-Epoch";
    public const string ProducerSequence = "Producer-Seq";
    public const string ExpectedSequence = "Producer-Expected-Seq";
    public const string ReceivedSequence = "Producer-Received-Seq";
    public const string JobLease = "Job-Lease";
    public const string JobExpectedLastId = "Job-Expected-Last-Id";
    public const string JobLastId = "Job-Last-Id";

    private const int MaxProducerId = 256;
    private const long LongestLease = 24 * 60 * 60;

    /// <summary>The headers of the Durable Streams protocol that mean something else there than is done here, and the remedy.</summary>
    private static readonly (string Name, string Remedy)[] Unsupported =
    [
        ("Stream-Seq", $"Send {ProducerId}, {ProducerEpoch} and {ProducerSequence}."),
        ("Stream-TTL", "How long jobs are kept is LogServer:Retention:EndedJobs."),
        ("Stream-Expires-At", "How long jobs are kept is LogServer:Retention:EndedJobs."),
        ("Stream-Forked-From", "A job's log isn't forked: append to a new job."),
        ("Stream-Fork-Offset", "A job's log isn't forked: append to a new job."),
        ("Stream-Fork-Sub-Offset", "A job's log isn't forked: append to a new job."),
    ];

    /// <exception cref="RefusedException">A header isn't allowed. The text names it.</exception>
    public static EventsHeaders Read(HttpRequest request)
    {
        foreach (var (name, remedy) in Unsupported)
        {
            if (request.Headers.ContainsKey(name))
            {
                throw new RefusedException(Refusal.Invalid($"The header {name} isn't supported. {remedy}"));
            }
        }

        var lease = Number(request, JobLease, min: 1, LongestLease);
        return new EventsHeaders(
            ReadProducer(request),
            lease is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Number(request, JobExpectedLastId, min: 0, EventIds.Max),
            Text(request, Closed) switch
            {
                null => false,
                "true" => true,
                _ => throw new RefusedException(Refusal.Invalid($"The header {Closed} must be true, or left out.")),
            }
        );
    }

    private static JobProducer? ReadProducer(HttpRequest request)
    {
        var id = Text(request, ProducerId);
        var epoch = Number(request, ProducerEpoch, min: 0, EventIds.Max);
        var sequence = Number(request, ProducerSequence, min: 0, EventIds.Max);
        if (id is null && epoch is null && sequence is null)
        {
            return null;
        }

        if (id is null || epoch is null || sequence is null)
        {
            throw new RefusedException(
                Refusal.Invalid($"The headers {ProducerId}, {ProducerEpoch} and {ProducerSequence} go together: send all three, or none.")
            );
        }

        return id.Length is > 0 and <= MaxProducerId && !id.Any(char.IsControl)
            ? new JobProducer(id, epoch.Value, sequence.Value)
            : throw new RefusedException(Refusal.Invalid($"The header {ProducerId} must have 1 to {MaxProducerId} characters."));
    }

    private static long? Number(HttpRequest request, string name, long min, long max) =>
        Text(request, name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : throw new RefusedException(
            Refusal.Invalid(string.Create(CultureInfo.InvariantCulture, $"The header {name} must be a whole number from {min} to {max}."))
        );

    private static string? Text(HttpRequest request, string name)
    {
        var values = request.Headers[name];
        return values.Count switch
        {
            0 => null,
            1 => values[0],
            _ => throw new RefusedException(Refusal.Invalid($"The header {name} may be sent once.")),
        };
    }
}
