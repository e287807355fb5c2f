using Microsoft.IdentityModel.Tokens;

namespace OptimizationGateway.Gateway.Security;

/// <summary>The keys that tokens may be signed with.</summary>
internal interface ISigningKeys
{
    /// <returns>The keys; null where they can't be had at the moment.</returns>
    public Task<IReadOnlyList<SecurityKey>?> GetAsync(CancellationToken cancel);

    /// <summary>Asks for the keys anew, for a token whose key isn't among them.</summary>
    /// <returns>The keys as they are now; null where that can't be known at the moment.</returns>
    public Task<IReadOnlyList<SecurityKey>?> RefreshAsync(CancellationToken cancel);
}
