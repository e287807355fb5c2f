using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Hosting.Tokens;

/// <summary>The keys that tokens may be signed with.</summary>
public interface ISigningKeys
{
    /// <returns>The keys; null if they aren't available at the moment.</returns>
    public Task<IReadOnlyList<SecurityKey>?> GetAsync(CancellationToken cancel);

    /// <summary>Asks for the keys anew, for a token whose key isn't among them.</summary>
    /// <returns>The keys as they are now; null if the authority doesn't answer or was asked a moment ago.</returns>
    public Task<IReadOnlyList<SecurityKey>?> RefreshAsync(CancellationToken cancel);
}
