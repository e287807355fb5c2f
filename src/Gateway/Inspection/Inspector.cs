using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Answers operators by reading what each connection counts anyway. It answers one request at a time, so that operators never take
/// more than one core from the clients.
/// </summary>
internal sealed class Inspector(
    SessionRegistry sessions,
    BackendRegistry backends,
    EndedConnections endings,
    Admission admission,
    TimeProvider time
)
{
    private readonly Lock gate = new();

    public ConnectionPage List(ConnectionQuery query)
    {
        lock (gate)
        {
            var snapshot = new Snapshot(sessions.Here(), time);
            var paging = new Paging<ConnectionProgress>(query);
            var conditions = new ConditionCounts();
            foreach (var session in snapshot.Sessions)
            {
                var progress = new ConnectionProgress(session);
                var (isNamed, hasJob) = (query.IsNamedBy(session.Client), query.WantsAnyJob);
                foreach (ref readonly var view in snapshot.SubscriptionsOf(session))
                {
                    var one = snapshot.ProgressOf(view);
                    conditions.Add(one.Condition);
                    progress.Add(one);
                    isNamed = isNamed || query.IsNamedBy(view.JobId);
                    hasJob = hasJob || query.Watches(view.JobId);
                }

                if (isNamed && hasJob && query.Matches(session.Client) && query.Matches(progress.LagSeconds))
                {
                    paging.Add(progress.ValueOf(query.Sort), session.Client.ConnectionId, progress);
                }
            }

            var (page, next) = paging.Cut();
            var rows = page.Select(progress => ConnectionRow.Of(progress, snapshot)).ToList();
            return new ConnectionPage(time.GetUtcNow(), SummaryOf(snapshot, conditions), paging.Count, rows, next);
        }
    }

    /// <summary>The connections that a query selects, those that are ending already left out.</summary>
    public List<Session> Matching(ConnectionQuery query)
    {
        lock (gate)
        {
            var snapshot = new Snapshot([.. sessions.Here().Where(session => !session.IsEnding)], time);
            List<Session> matching = [];
            foreach (var session in snapshot.Sessions)
            {
                var progress = new ConnectionProgress(session);
                var (isNamed, hasJob) = (query.IsNamedBy(session.Client), query.WantsAnyJob);
                foreach (ref readonly var view in snapshot.SubscriptionsOf(session))
                {
                    progress.Add(snapshot.ProgressOf(view));
                    isNamed = isNamed || query.IsNamedBy(view.JobId);
                    hasJob = hasJob || query.Watches(view.JobId);
                }

                if (isNamed && hasJob && query.Matches(session.Client) && query.Matches(progress.LagSeconds))
                {
                    matching.Add(session);
                }
            }

            return matching;
        }
    }

    /// <returns>The connection; null if it is neither open nor remembered.</returns>
    public ConnectionDetail? Find(string id)
    {
        lock (gate)
        {
            var snapshot = new Snapshot(sessions.Here(), time);
            return snapshot.Sessions.FirstOrDefault(session => session.Client.ConnectionId == id) is { } found
                    ? ConnectionDetail.Of(found, end: null, snapshot, int.MaxValue, time.GetUtcNow())
                : endings.Find(id) is { } ended ? ended with { Subscriptions = [.. ended.Subscriptions.Select(snapshot.Compare)] }
                : null;
        }
    }

    /// <returns>The connection; null if it isn't open.</returns>
    public Session? FindSession(string id) => sessions.Here().FirstOrDefault(session => session.Client.ConnectionId == id);

    public JobPage Job(string jobId, ConnectionQuery query)
    {
        lock (gate)
        {
            var snapshot = new Snapshot(sessions.Here(), time);
            var paging = new Paging<Session>(query);
            var conditions = new ConditionCounts();
            long? head = null;
            foreach (var session in snapshot.Sessions)
            {
                foreach (ref readonly var view in snapshot.SubscriptionsOf(session))
                {
                    if (view.JobId != jobId)
                    {
                        continue;
                    }

                    var progress = snapshot.ProgressOf(view);
                    conditions.Add(progress.Condition);
                    head = progress.Head > (head ?? -1) ? progress.Head : head;
                    if (query.Matches(session.Client) && query.IsNamedBy(session.Client) && query.Matches(progress.LagSeconds))
                    {
                        paging.Add(progress.ValueOf(query.Sort, view), session.Client.ConnectionId, session);
                    }
                }
            }

            var (page, next) = paging.Cut();
            return new JobPage(
                time.GetUtcNow(),
                jobId,
                backends.Find(jobId)?.Name,
                head,
                conditions.ByName,
                paging.Count,
                [.. page.Select(session => JobWatch.Of(session, jobId, snapshot)).OfType<JobWatch>()],
                next,
                [.. endings.Newest().Select(ended => EndedRow.Of(ended, jobId)).OfType<EndedRow>()]
            );
        }
    }

    public EndedPage Ended(ConnectionQuery query)
    {
        var paging = new Paging<ConnectionDetail>(query);
        foreach (var ended in endings.Newest().Where(query.Matches))
        {
            paging.Add(ended.End!.At.UtcTicks, ended.Id, ended);
        }

        var (page, next) = paging.Cut();
        return new EndedPage(time.GetUtcNow(), paging.Count, [.. page.Select(EndedRow.Of)], next);
    }

    private ConnectionSummary SummaryOf(Snapshot snapshot, ConditionCounts conditions) =>
        new(
            snapshot.Sessions.Count,
            conditions.Total,
            conditions.ByName,
            snapshot.Sessions.Sum(session => session.QueuedBytes),
            endings.Count,
            admission.IsClosed,
            [
                .. backends.All.Select(backend => new BackendRow(
                    backend.Name,
                    backend.IsTroubled,
                    backend.Streams,
                    backend.Replicas,
                    backend.ReplicasAway
                )),
            ]
        );
}
