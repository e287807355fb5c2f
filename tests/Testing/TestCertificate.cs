using System.Security.Cryptography.X509Certificates;

namespace OptimizationGateway.Testing;

/// <summary>A certificate that a test's authority has issued.</summary>
/// <param name="File">It, as PEM.</param>
/// <param name="KeyFile">Its key, as PEM.</param>
/// <param name="WithKey">Both, for a server in this process.</param>
public sealed record TestCertificate(string File, string KeyFile, X509Certificate2 WithKey);
