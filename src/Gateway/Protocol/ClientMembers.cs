using System.Text.Json;
using OptimizationGateway.Contracts;

namespace OptimizationGateway.Gateway.Protocol;

/// <summary>One member as it was found: a value, nothing (absent or <c>null</c>), or what is wrong with it.</summary>
internal readonly record struct ClientMember<T>(T? Value, string? Fault);

/// <summary>
/// The members of section 2 of one JSON object, each checked by itself. The type decides which of them matter, and it may
/// come last.
/// </summary>
internal struct ClientMembers
{
    private const int MaxJobIdLength = 256;
    private const int MaxRequestIdLength = 64;

    public ClientMember<string> Type;
    public ClientMember<string> JobId;
    public ClientMember<long?> AfterEventId;
    public ClientMember<string> Epoch;
    public ClientMember<string> RequestId;
    public ClientMember<string> TraceParent;

    /// <summary>Reads the object that <paramref name="reader"/> stands on, to the end of the text.</summary>
    /// <exception cref="JsonException">The text is not JSON, or goes on after the object.</exception>
    public static ClientMembers Read(ref Utf8JsonReader reader)
    {
        var members = default(ClientMembers);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.ReadMember(ref reader);
        }

        // A second read finds what follows the object; with white space only it finds nothing.
        reader.Read();
        return members;
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        switch (TryGetString(ref reader))
        {
            case "type":
                Type = ReadString(ref reader, "type");
                break;
            case "jobId":
                JobId = CheckJobId(ReadString(ref reader, "jobId"));
                break;
            case "afterEventId":
                AfterEventId = ReadEventId(ref reader);
                break;
            case "epoch":
                Epoch = ReadString(ref reader, "epoch");
                break;
            case "requestId":
                RequestId = CheckRequestId(ReadString(ref reader, "requestId"));
                break;
            case "traceparent":
                TraceParent = ReadString(ref reader, "traceparent");
                break;
            default:
                reader.Read();
                reader.Skip();
                break;
        }
    }

    /// <returns>Null where the text is not well-formed: the reader throws for an escaped lone surrogate.</returns>
    private static string? TryGetString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ClientMember<string> ReadString(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return new(null, $"\"{name}\" must be a string.");
        }

        return TryGetString(ref reader) is { } text ? new(text, null) : new(null, $"\"{name}\" must be well-formed Unicode.");
    }

    private static ClientMember<string> CheckJobId(ClientMember<string> jobId) =>
        jobId.Value is { } id && FaultOfJobId(id) is { } fault ? new(null, $"\"jobId\" {fault}") : jobId;

    /// <returns>The end of a sentence that says what is wrong with a job id; null if nothing is.</returns>
    public static string? FaultOfJobId(string jobId) =>
        jobId.Length is 0 or > MaxJobIdLength ? $"must have 1 to {MaxJobIdLength} characters."
        : jobId.Any(char.IsControl) ? "must have no control characters."
        : null;

    private static ClientMember<string> CheckRequestId(ClientMember<string> requestId) =>
        requestId.Value is { Length: > MaxRequestIdLength }
            ? new(null, $"\"requestId\" must have at most {MaxRequestIdLength} characters.")
            : requestId;

    private static ClientMember<long?> ReadEventId(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        // 1.0 and 1e3 are integers to JavaScript, but a client that writes them has lost track of what it holds.
        var isPlainInteger = reader.TokenType == JsonTokenType.Number && !reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        if (isPlainInteger && reader.TryGetInt64(out var id) && id <= EventIds.Max)
        {
            return new(id, null);
        }

        reader.Skip();
        return new(null, "\"afterEventId\" must be an integer from 0 to 2^53-1, without fraction or exponent.");
    }
}
