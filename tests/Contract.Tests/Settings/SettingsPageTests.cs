using System.Globalization;
using OptimizationGateway.Gateway.Startup;
using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Contract.Tests.Settings;

/// <summary>docs/settings.md lists every setting that there is and no other, each with the default and range that the code has.</summary>
public sealed class SettingsPageTests
{
    private static readonly Dictionary<string, Setting> Settings = SettingTree
        .Of(GatewayOptions.Section, typeof(GatewayOptions))
        .ToDictionary(setting => setting.Path, StringComparer.Ordinal);

    private static readonly ILookup<string, SettingRow> Rows = SettingsPage.Rows.ToLookup(row => row.Path, StringComparer.Ordinal);

    public static TheoryData<string> Paths => [.. Settings.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_setting_has_a_row_that_says_what_the_code_says(string path)
    {
        var setting = Settings[path];
        Assert.True(Rows[path].Count() == 1, $"{SettingsPage.Name} has {Rows[path].Count()} rows for {path}. {Wanted(setting)}");

        var row = Rows[path].Single();
        AssertSays(row.Default == DefaultOf(setting) || IsWords(setting, row.Default), "default", row.Default, setting);
        AssertSays(setting.RangeText is { } range ? row.Range == range : row.Range.Length > 0, "range", row.Range, setting);
        AssertSays(
            UnitOf(setting) is not { } unit || (row.Unit.Length > 0 && row.Unit.StartsWith(unit, StringComparison.Ordinal)),
            "unit",
            row.Unit,
            setting
        );
        AssertSays(row.When.Length > 0, "when to change it", row.When, setting);
    }

    [Fact]
    public void Every_row_is_a_setting() =>
        Assert.All(SettingsPage.Rows, row => Assert.True(Settings.ContainsKey(row.Path), $"There is no setting {row.Path}."));

    private static void AssertSays(bool holds, string column, string said, Setting setting) =>
        Assert.True(holds, $"{SettingsPage.Name} says of {setting.Path} under {column}: '{said}'. {Wanted(setting)}");

    /// <summary>Where the code has no default, the page says in words what then holds.</summary>
    private static bool IsWords(Setting setting, string said) => setting.DefaultText.Length == 0 && said.Length > 0;

    private static string DefaultOf(Setting setting) =>
        setting.Default switch
        {
            null or "" => "none",
            int number => number.ToString("N0", CultureInfo.InvariantCulture),
            _ => $"`{setting.DefaultText}`",
        };

    private static string? UnitOf(Setting setting) =>
        setting.Type == typeof(TimeSpan) ? "time"
        : setting.Type == typeof(int) || setting.Type == typeof(long) ? ""
        : null;

    private static string Wanted(Setting setting)
    {
        var section = setting.Path[..setting.Path.LastIndexOf(':')];
        var allowed = setting.RangeText ?? (setting.Type == typeof(bool) ? "`true` or `false`" : "<what it may be>");
        var unit = UnitOf(setting) switch
        {
            null => "",
            "" => "<unit> | ",
            var time => $"{time} | ",
        };
        return $"It should say, below the heading ### `{section}` or one above it:\n"
            + $"| `{setting.Path[(section.Length + 1)..]}` | {DefaultOf(setting)} | {unit}{allowed} | <when to change it> |\n"
            + $"with the columns | setting | default | {(unit.Length > 0 ? "unit | " : "")}range or form | when to change it |";
    }
}
