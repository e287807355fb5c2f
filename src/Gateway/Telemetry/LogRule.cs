namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>A limit on the lines of a log category.</summary>
/// <param name="Category">The category, or its prefix.</param>
/// <param name="From">The lowest level that is limited: an operator who asks for more wants all of it.</param>
/// <param name="PerMinute">The most lines of one event and code in a minute.</param>
/// <param name="Code">The name of the value that is a line's code, of a closed set; null if its lines have none.</param>
internal sealed record LogRule(string Category, LogLevel From, int PerMinute, string? Code = null);
