using System.Text.Json;

namespace OptimizationGateway.Contract.Tests.Golden;

/// <summary>The tables of PROTOCOL.md section 4, written down a second time on purpose.</summary>
internal static class DocumentedEvents
{
    public static readonly string[] Members = ["id", "eventType", "iteration", "stage", "data", "timestamp"];

    /// <summary>For each event type its data members in order; a number may be null where it isn't finite.</summary>
    public static readonly Dictionary<string, (string Name, JsonValueKind[] Kinds)[]> Data = new(StringComparer.Ordinal)
    {
        ["job_started"] = [Text("promptId"), Text("datasetId"), ("config", [JsonValueKind.Object])],
        ["iteration_completed"] = [Score("score")],
        ["job_paused"] = [Text("pausedAt"), Number("currentIteration")],
        ["job_resumed"] = [Text("resumedAt"), Number("resumeFromIteration")],
        ["job_completed"] = [Text("resultPromptId"), Score("finalScore")],
        ["job_failed"] = [Text("error"), Text("errorStack"), ("willRetry", [JsonValueKind.True, JsonValueKind.False])],
        ["job_cancelled"] = [Text("cancelledAt"), Number("finalIteration")],
    };

    private static (string, JsonValueKind[]) Text(string name) => (name, [JsonValueKind.String]);

    private static (string, JsonValueKind[]) Number(string name) => (name, [JsonValueKind.Number]);

    private static (string, JsonValueKind[]) Score(string name) => (name, [JsonValueKind.Number, JsonValueKind.Null]);
}
