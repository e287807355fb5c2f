using OptimizationGateway.Testing.Tokens;

namespace OptimizationGateway.Faults.Clients;

/// <summary>Someone whom the clients speak for.</summary>
/// <param name="Name">The subject of the token.</param>
/// <param name="Token">The token, which the gateways check and pass on to the backends.</param>
internal sealed record Caller(string Name, string Token)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>Makes a caller whose token outlasts every run.</summary>
    public static Caller Named(string name, TestKey key) =>
        new(
            name,
            JwtText.Make(
                key,
                claims =>
                {
                    claims["sub"] = name;
                    claims["exp"] = (DateTimeOffset.UtcNow + Lifetime).ToUnixTimeSeconds();
                }
            )
        );
}
