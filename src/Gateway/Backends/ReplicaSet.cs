using System.Net;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The replicas of a backend. New streams go to them in turn, past those that failed lately as long as there are others. Running
/// streams stay where they are.
/// </summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Func<IPAddress?, Replica> open;
    private readonly NameWatch? names;

    /// <summary>The replicas by address. One that the name no longer has stays until its streams are gone.</summary>
    private readonly Dictionary<IPAddress, Replica> known = [];
    private readonly List<Replica> leaving = [];
    private List<Replica> listed;
    private int turn;

    /// <summary>Creates the replicas.</summary>
    /// <param name="address">The backend's address.</param>
    /// <param name="open">Creates the replica at a URL; for a name, at one of its addresses.</param>
    /// <param name="watchName">Starts to look up a name, and reports the addresses.</param>
    public ReplicaSet(
        BackendAddress address,
        Func<Uri, IPAddress?, Replica> open,
        Func<string, Action<IReadOnlyList<IPAddress>>, NameWatch> watchName
    )
    {
        this.open = at => open(address.Urls[0], at);

        // Until its first lookup is done, a name is a replica of its own, which connects wherever the system finds it.
        listed = [.. address.Urls.Select(url => open(url, null))];
        names = address.IsName ? watchName(address.Urls[0].IdnHost, TakeAddresses) : null;
    }

    /// <summary>The number of replicas.</summary>
    public int Count => Read(() => listed.Count);

    /// <summary>The number of replicas that failed and haven't answered since.</summary>
    public int Away => Read(() => listed.Count(replica => replica.IsAway));

    /// <summary>The number of open streams.</summary>
    public int Streams => Read(() => listed.Concat(leaving).Sum(replica => replica.Streams));

    /// <summary>Takes a place for one stream.</summary>
    /// <param name="returned">Called once the place is given back.</param>
    public StreamLease Rent(Action returned)
    {
        lock (gate)
        {
            var chosen = Enumerable.Range(turn, listed.Count).Select(i => i % listed.Count).FirstOrDefault(i => listed[i].IsOffered, turn);
            turn = (chosen + 1) % listed.Count;
            return listed[chosen]
                .Rent(
                    failed: () => names?.Hurry(),
                    returned: () =>
                    {
                        Prune();
                        returned();
                    }
                );
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (names is not null)
        {
            await names.DisposeAsync();
        }

        lock (gate)
        {
            foreach (var replica in listed.Concat(leaving))
            {
                replica.Dispose();
            }
        }
    }

    private void TakeAddresses(IReadOnlyList<IPAddress> addresses)
    {
        lock (gate)
        {
            var now = addresses.Select(at => known.TryGetValue(at, out var replica) ? replica : known[at] = open(at)).ToList();
            leaving.AddRange(listed.Except(now));
            leaving.RemoveAll(now.Contains);
            listed = now;
            turn %= now.Count;
        }

        Prune();
    }

    private void Prune()
    {
        lock (gate)
        {
            foreach (var gone in leaving.Where(replica => replica.Streams == 0).ToList())
            {
                leaving.Remove(gone);
                foreach (var (at, _) in known.Where(pair => pair.Value == gone).ToList())
                {
                    known.Remove(at);
                }

                gone.Dispose();
            }
        }
    }

    private int Read(Func<int> number)
    {
        lock (gate)
        {
            return number();
        }
    }
}
