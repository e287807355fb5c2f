using System.Net;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>Finds the addresses of a host name.</summary>
internal delegate Task<IPAddress[]> NameLookup(string name, CancellationToken stop);
