using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>The fields of an entry of a <see cref="Struct"/>'s map, which the generated classes don't name.</summary>
internal static class StructEntry
{
    public const int Key = 1;
    public const int Value = 2;

    private static readonly MessageDescriptor Type = Struct.Descriptor.FindFieldByNumber(Struct.FieldsFieldNumber).MessageType;

    public static FieldDescriptor KeyField { get; } = Type.FindFieldByNumber(Key);

    public static FieldDescriptor ValueField { get; } = Type.FindFieldByNumber(Value);
}
