using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace OptimizationGateway.Hosting.Configuration;

/// <summary>One setting, as its options type declares it.</summary>
/// <param name="Path">Its full path, such as <c>Gateway:Limits:Connections</c>.</param>
/// <param name="Property">The property that it is bound to, or the dictionary that it is a value of.</param>
/// <param name="Type">The type its text is converted to.</param>
/// <param name="Default">The default; null if there is none.</param>
public sealed record Setting(string Path, PropertyInfo Property, Type Type, object? Default)
{
    private const string SetWords = "true or false";

    public bool IsSecret => Property.IsDefined(typeof(SecretAttribute));

    public RangeAttribute? Range => Property.GetCustomAttribute<RangeAttribute>();

    /// <summary>The default as people write it; empty if there is none.</summary>
    public string DefaultText => Text(Default);

    /// <summary>The range as in docs/settings.md, such as <c>0.1 s – 10 min</c>; null if the type alone limits it.</summary>
    public string? RangeText => Range is { } range ? $"{Readable(range.Minimum)} – {Readable(range.Maximum)}" : null;

    /// <summary>The description of valid values, for error messages.</summary>
    public string Form =>
        (
            Type == typeof(bool) ? SetWords
            : Type == typeof(TimeSpan) ? "a time, written hh:mm:ss"
            : "a whole number"
        ) + (RangeText is { } range ? $", {range}" : "");

    /// <summary>Returns true if a text can be converted to its type. The binder uses the same converter.</summary>
    public bool CanRead(string text) =>
        Type == typeof(string)
        || (text.Length == 0 && Nullable.GetUnderlyingType(Property.PropertyType) is not null)
        || TypeDescriptor.GetConverter(Type).IsValid(text);

    private static string Text(object? value) =>
        value switch
        {
            null => "",
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };

    private string Readable(object bound) =>
        Type == typeof(TimeSpan)
            ? Readable(TimeSpan.Parse((string)bound, CultureInfo.InvariantCulture))
            : Convert.ToInt64(bound, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);

    private static string Readable(TimeSpan time) =>
        time == TimeSpan.Zero ? "0"
        : time.Ticks % TimeSpan.TicksPerHour == 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours} h")
        : time.Ticks % TimeSpan.TicksPerMinute == 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s");
}
