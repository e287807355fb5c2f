using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Gateway.Wire;
using static OptimizationGateway.Contract.Tests.Schema.SchemaText;

namespace OptimizationGateway.Contract.Tests.Schema;

/// <summary>A job and a page of jobs as JSON (PROTOCOL.md section 11), made from the proto.</summary>
internal static class JobSchema
{
    public const string Job = "job";
    public const string Page = "jobPage";

    public static void AddTo(Dictionary<string, JsonObject> parts)
    {
        parts[Job] = Object(
            "A job as its log stands. A member that has nothing to say is null, 0 or empty.",
            [.. Contracts.V1.Job.Descriptor.Fields.InFieldNumberOrder().Select(field => (field.JsonName, Of(field)))]
        );
        var missing = Object(
            "A backend whose jobs are missing.",
            ("backend", Text("Its name in the gateway's settings.")),
            ("code", OneOf("The reason.", NamesOf<ErrorCode>(code => code.Name)))
        );
        parts[Page] = Object(
            "A page of all backends' jobs.",
            ("jobs", new JsonObject { ["type"] = "array", ["items"] = Reference(Job) }),
            ("nextPageToken?", Text("Absent on the last page.")),
            ("missing?", new JsonObject { ["type"] = "array", ["items"] = missing })
        );
    }

    private static JsonObject Of(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.Int64 => Id("The newest event of the job's log; 0: none yet. Watch the job after it.", least: 0),
            FieldType.Enum => OneOf("The job's state.", [.. JobStateNames.All, JobStateNames.Unknown]),
            FieldType.Message when field.MessageType.Name == "Timestamp" => new JsonObject
            {
                ["oneOf"] = new JsonArray(Reference(EventSchema.Timestamp), new JsonObject { ["type"] = "null" }),
            },
            FieldType.String when field.FieldNumber == Contracts.V1.Job.JobIdFieldNumber => MessageSchemas.JobId(),
            _ => EventSchema.Of(field),
        };
}
