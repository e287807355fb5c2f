using System.Net;
using System.Runtime.InteropServices;
using OptimizationGateway.Gateway.Memory;
using OptimizationGateway.Gateway.Protocol;
using OptimizationGateway.Hosting.Requests;

namespace OptimizationGateway.Gateway.Sessions;

/// <summary>
/// Admits connections before the upgrade: Kestrel's own limit of upgraded connections answers 500. A place is reserved before anything
/// waits, so that many who come at once can't all take the last one.
/// </summary>
internal sealed class Admission(SessionLimits limits, HeldMemory held, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly NewcomerRate newcomers = new(time, limits.NewConnectionsPerSecond);
    private readonly Dictionary<IPAddress, int> byAddress = [];
    private int taken;
    private volatile bool isClosed;

    /// <summary>True if every connection is refused.</summary>
    public bool IsClosed => isClosed;

    /// <summary>The connections of the address that has the most.</summary>
    public int BusiestAddress
    {
        get
        {
            lock (gate)
            {
                return byAddress.Count == 0 ? 0 : byAddress.Values.Max();
            }
        }
    }

    /// <summary>Refuses every connection from now on.</summary>
    public void Close() => isClosed = true;

    /// <summary>Reserves a place.</summary>
    /// <param name="remote">The client's address; null if there is none.</param>
    /// <param name="refusal">The reason there is no place; null if there is one.</param>
    /// <returns>The place, which the caller disposes; null if there is none.</returns>
    public IDisposable? TryEnter(IPAddress? remote, out Refusal? refusal)
    {
        var address = ClientAddress.Of(remote);
        lock (gate)
        {
            refusal = WhyNot(address);
            if (refusal is not null)
            {
                return null;
            }

            taken++;
            held.AddFixed(Costs.Connection);
            if (address is not null)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(byAddress, address, out _)++;
            }

            return new Place(this, address);
        }
    }

    /// <summary>A connection that another limit refuses doesn't count against the rate.</summary>
    private Refusal? WhyNot(IPAddress? address) =>
        isClosed ? Refusal.Draining
        : address is not null && byAddress.GetValueOrDefault(address) >= limits.ConnectionsPerAddress ? Refusal.TooManyFromAddress
        : taken >= limits.Connections ? Refusal.TooManyConnections
        : !held.HasRoom ? Refusal.MemoryLow
        : newcomers.TryTake(address) ? null
        : Refusal.TooManyNewConnections;

    private void Leave(IPAddress? address)
    {
        lock (gate)
        {
            taken--;
            held.AddFixed(-Costs.Connection);
            if (address is null)
            {
                return;
            }

            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(byAddress, address);
            if (--count == 0)
            {
                byAddress.Remove(address);
            }
        }
    }

    private sealed class Place(Admission admission, IPAddress? address) : IDisposable
    {
        private bool isGivenBack;

        public void Dispose()
        {
            if (!isGivenBack)
            {
                isGivenBack = true;
                admission.Leave(address);
            }
        }
    }
}
