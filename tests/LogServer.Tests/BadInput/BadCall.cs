using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.LogServer.Tests.BadInput;

/// <summary>One bad call of AppendEvents and its documented answer.</summary>
/// <param name="What">The fault.</param>
/// <param name="Status">The status.</param>
/// <param name="Code">The trailer <c>error-code</c>; empty where the server answers by itself.</param>
/// <param name="Says">The part of the message that tells the cause.</param>
/// <param name="Change">Makes a good request bad.</param>
public sealed record BadCall(string What, StatusCode Status, string Code, string Says, Action<AppendEventsRequest> Change)
{
    /// <summary>A trailer of the answer, as <c>name: value</c>; empty: none in particular.</summary>
    public string Answers { get; init; } = "";

    public AppendEventsRequest Request
    {
        get
        {
            var request = new AppendEventsRequest { JobId = "job-1", Events = { Note() } };
            Change(request);
            return request;
        }
    }

    public override string ToString() => What;

    internal static JobEvent Note(string text = "") =>
        new()
        {
            Custom = new CustomEvent { EventType = "note" },
            Stage = text,
        };
}
