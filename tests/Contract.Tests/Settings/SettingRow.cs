namespace OptimizationGateway.Contract.Tests.Settings;

/// <summary>A row of a table of settings in docs/settings.md: what stands in each column, by the column's name.</summary>
internal sealed record SettingRow(string Path, IReadOnlyDictionary<string, string> Cells)
{
    public string Default => this["default"];

    public string Unit => this["unit"];

    /// <summary>What is allowed; the column is called form where there are texts.</summary>
    public string Range => this["range"] + this["form"] + this["form or range"];

    public string When => this["when to change it"];

    private string this[string column] => Cells.GetValueOrDefault(column, "");
}
