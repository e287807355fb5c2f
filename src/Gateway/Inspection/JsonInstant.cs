using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Points in time as the events have them: UTC, to the millisecond.</summary>
internal sealed class JsonInstant : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
