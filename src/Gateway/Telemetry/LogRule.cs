namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>Whose lines are limited.</summary>
/// <param name="Category">The category, or what it begins with.</param>
/// <param name="From">The lowest level that is limited: an operator who asks for more wants all of it.</param>
/// <param name="PerMinute">The most lines of one event and code in a minute.</param>
/// <param name="Code">The name of the value that is a line's code, of a closed set; null if its lines have none.</param>
internal sealed record LogRule(string Category, LogLevel From, int PerMinute, string? Code = null);
