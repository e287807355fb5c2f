using System.Globalization;
using OptimizationGateway.Contracts;
using OptimizationGateway.JobLogs;
using OptimizationGateway.LogServer.Append;

namespace OptimizationGateway.LogServer.Http;

/// <summary>Writes the answers to requests that aren't refused.</summary>
internal static class EventsAnswer
{
    public const string Json = "application/json";

    public static readonly Refusal NotEnding = new(
        "not_ended",
        400,
        Grpc.Core.StatusCode.InvalidArgument,
        $"A job is ended by its last event, not by {EventsHeaders.Closed} alone: end a job with job_completed, job_failed or job_cancelled. "
            + "Nothing was appended."
    );

    /// <param name="response">The response.</param>
    /// <param name="status">The status.</param>
    /// <param name="state">The state of the job's log.</param>
    /// <param name="producer">The producer; null: none.</param>
    /// <param name="sequence">The greatest sequence of its run that is in the log.</param>
    public static void Tell(HttpResponse response, int status, JobLogState state, JobProducer? producer = null, long? sequence = null)
    {
        response.StatusCode = status;
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers[EventsHeaders.NextOffset] = new StreamOffset(state.LastId, state.Epoch).ToString();
        if (state.Ended)
        {
            headers[EventsHeaders.Closed] = "true";
        }

        if (producer is not null)
        {
            headers[EventsHeaders.ProducerEpoch] = Text(producer.Epoch);
            headers[EventsHeaders.ProducerSequence] = Text(sequence ?? producer.Sequence);
        }
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
