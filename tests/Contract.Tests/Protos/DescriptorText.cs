using System.Text;
using Google.Protobuf.Reflection;

namespace OptimizationGateway.Contract.Tests.Protos;

/// <summary>Lists everything in a proto file that is on the wire or names generated code, for people to read in a diff.</summary>
internal static class DescriptorText
{
    public static string Of(FileDescriptor file)
    {
        var text = new StringBuilder($"package {file.Package}\n");
        var options = file.GetOptions();
        text.Append($"\noption csharp_namespace {options.CsharpNamespace}\n");
        text.Append($"option go_package {options.GoPackage}\n");
        text.Append($"option java_multiple_files {(options.JavaMultipleFiles ? "true" : "false")}\n");
        text.Append($"option java_package {options.JavaPackage}\n");
        foreach (var service in file.Services)
        {
            text.Append($"\nservice {service.Name}\n");
            foreach (var method in service.Methods)
            {
                text.Append($"  {method.Name}({Stream(method.IsClientStreaming)}{Name(method.InputType)})");
                text.Append($" returns ({Stream(method.IsServerStreaming)}{Name(method.OutputType)})\n");
            }
        }

        foreach (var message in file.MessageTypes)
        {
            Append(text, message);
        }

        foreach (var closedSet in file.EnumTypes)
        {
            text.Append($"\nenum {closedSet.Name}\n");
            foreach (var value in closedSet.Values)
            {
                text.Append($"  {value.Number} {value.Name}\n");
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, MessageDescriptor message)
    {
        text.Append($"\nmessage {Name(message)}\n");
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            text.Append($"  {field.FieldNumber} {Label(field)}{Type(field)} {field.Name}");
            text.Append(field.RealContainingOneof is { } oneof ? $" (oneof {oneof.Name})\n" : "\n");
        }

        foreach (var nested in message.NestedTypes)
        {
            Append(text, nested);
        }
    }

    private static string Label(FieldDescriptor field) =>
        field switch
        {
            { IsRepeated: true } => "repeated ",
            { HasPresence: true, RealContainingOneof: null, FieldType: not FieldType.Message } => "optional ",
            _ => "",
        };

    private static string Type(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.Message => Name(field.MessageType),
            FieldType.Enum => field.EnumType.FullName,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };

    // Names of other packages in full, our own short.
    private static string Name(MessageDescriptor message) =>
        message.FullName.StartsWith("optimization.v1.", StringComparison.Ordinal)
            ? message.FullName["optimization.v1.".Length..]
            : message.FullName;

    private static string Stream(bool streaming) => streaming ? "stream " : "";
}
