using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace OptimizationGateway.Contract.Tests.Encoders;

/// <summary>
/// What means the same in every language, and is written in more than one way: NaN, whose bits C# compares, and a Value of no kind, which
/// protobuf-es can't tell from null. Neither can a browser.
/// </summary>
internal static class Spelling
{
    /// <summary>Writes both in one way, wherever they are in the message.</summary>
    public static void Unify(IMessage message)
    {
        if (message is Value { KindCase: Value.KindOneofCase.None } nothing)
        {
            nothing.NullValue = NullValue.NullValue;
        }

        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.FieldType == FieldType.Double && value is double.NaN)
            {
                field.Accessor.SetValue(message, double.NaN);
            }

            foreach (var part in PartsOf(value))
            {
                Unify(part);
            }
        }
    }

    private static IEnumerable<IMessage> PartsOf(object? value) =>
        value switch
        {
            IMessage message => [message],
            IDictionary map => map.Values.OfType<IMessage>(),
            IList list => list.OfType<IMessage>(),
            _ => [],
        };
}
