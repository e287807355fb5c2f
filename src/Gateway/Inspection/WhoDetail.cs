using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="Address">The client's address.</param>
/// <param name="Port">And port; null where a proxy in front of us didn't tell it.</param>
/// <param name="UserAgent">What it says it is.</param>
/// <param name="Origin">The page it belongs to.</param>
/// <param name="Name">Who its token says it is; null where nobody is asked.</param>
internal sealed record WhoDetail(string? Address, int? Port, string? UserAgent, string? Origin, string? Name)
{
    public static WhoDetail Of(Visitor visitor) =>
        new(visitor.Address?.ToString(), visitor.Port > 0 ? visitor.Port : null, visitor.UserAgent, visitor.Origin, visitor.Name);
}
