namespace OptimizationGateway.Hosting.Text;

/// <summary>Reads lists as settings and headers write them: separated by commas, with blanks around the entries.</summary>
public static class CommaList
{
    /// <summary>Returns the entries that aren't empty.</summary>
    public static string[] Split(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
