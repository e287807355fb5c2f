using System.Buffers;
using System.Net.Http.Headers;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Json;
using OptimizationGateway.LogServer.Append;
using OptimizationGateway.LogServer.Settings;

namespace OptimizationGateway.LogServer.Http;

/// <summary>Reads the events in a request's body.</summary>
internal sealed class EventsBody(LimitOptions limits)
{
    private const string Json = "application/json";

    /// <returns>The events; none if there is no body, or it is blank.</returns>
    /// <param name="request">The request.</param>
    /// <param name="takesNone">True if an empty array stands for no events, as when a job is created.</param>
    /// <param name="cancel">Cancelled when the caller is gone.</param>
    /// <exception cref="RefusedException">The body is too large, of another type, or not the events that the contract has.</exception>
    public async Task<IReadOnlyList<JobEvent>> ReadAsync(HttpRequest request, bool takesNone, CancellationToken cancel)
    {
        var body = await ReadBytesAsync(request, cancel);
        if (body.Length == 0)
        {
            return [];
        }

        CheckType(request);
        if (takesNone && IsEmptyArray(body))
        {
            return [];
        }

        try
        {
            return EventJson.ReadEvents(body, limits.BatchEvents);
        }
        catch (EventJsonException fault)
        {
            if (fault.IsTooMany)
            {
                throw new RefusedException(Refusal.TooManyEvents(limits.BatchEvents));
            }

            // The text names a member below the array, such as [3].data.score.
            var text = fault.Message.StartsWith('[') ? $"events{fault.Message}" : fault.Message;
            throw new RefusedException(Refusal.InvalidEvent($"{text} Nothing was appended."));
        }
    }

    private async Task<byte[]> ReadBytesAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > limits.BatchBytes)
        {
            throw new RefusedException(Refusal.BatchTooLarge(limits.BatchBytes));
        }

        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new RefusedException(Unsupported("The body must not be compressed (Content-Encoding)."));
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancel);
            if (read.Buffer.Length > limits.BatchBytes)
            {
                throw new RefusedException(Refusal.BatchTooLarge(limits.BatchBytes));
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static void CheckType(HttpRequest request)
    {
        var isJson =
            MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && string.Equals(type.MediaType, Json, StringComparison.OrdinalIgnoreCase)
            && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
        {
            throw new RefusedException(
                Unsupported($"The body must be JSON in UTF-8: send the header Content-Type: {Json}. With curl: -H 'Content-Type: {Json}'.")
            );
        }
    }

    private static bool IsEmptyArray(ReadOnlySpan<byte> body)
    {
        var text = body.Trim(" \t\r\n"u8);
        return text.Length >= 2 && text[0] == '[' && text[^1] == ']' && text[1..^1].Trim(" \t\r\n"u8).IsEmpty;
    }

    private static Refusal Unsupported(string text) => new("unsupported_media_type", 415, Grpc.Core.StatusCode.InvalidArgument, text);
}
