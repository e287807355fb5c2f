namespace OptimizationGateway.Contract.Tests.Settings;

/// <summary>A row of a table of settings in docs/operations.md: what stands in each column, by the column's name.</summary>
internal sealed record SettingRow(string Path, IReadOnlyDictionary<string, string> Cells)
{
    public string Default => this["default"];

    public string Unit => this["unit"];

    /// <summary>What is allowed; of texts the column is called form.</summary>
    public string Range => this["range"] + this["form"];

    public string When => this["when to change it"];

    private string this[string column] => Cells.GetValueOrDefault(column, "");
}
