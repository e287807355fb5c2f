namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>Whose lines are limited.</summary>
/// <param name="Category">The category, or what it begins with.</param>
/// <param name="From">The lowest level that is limited: an operator who asks for more wants all of it.</param>
/// <param name="PerMinute">How many lines of one event and code a minute has.</param>
/// <param name="Code">Which value of a line is its code, of a closed set; null where its lines have none.</param>
internal sealed record LogRule(string Category, LogLevel From, int PerMinute, string? Code = null);
