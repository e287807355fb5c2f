using OptimizationGateway.Gateway.Backends;
using OptimizationGateway.Gateway.Sessions;

namespace OptimizationGateway.Gateway.Inspection;

/// <summary>
/// Answers what operators ask, by reading what each connection counts anyway. One question at a time, so that however many look, they take no
/// more than one core from those who watch jobs.
/// </summary>
internal sealed class Inspector(
    SessionRegistry sessions,
    BackendRegistry backends,
    EndedConnections endings,
    Admission admission,
    TimeProvider time
)
{
    private readonly Lock looking = new();

    public ConnectionPage List(ConnectionQuery query)
    {
        lock (looking)
        {
            var look = new Look(sessions.Here(), time);
            var paging = new Paging<ConnectionReading>(query);
            var conditions = new ConditionCounts();
            foreach (var session in look.Here)
            {
                var reading = new ConnectionReading(session);
                var (isNamed, hasJob) = (query.IsNamedBy(session.Visitor), query.WantsAnyJob);
                foreach (ref readonly var view in look.SubscriptionsOf(session))
                {
                    var one = look.Read(view);
                    conditions.Add(one.Condition);
                    reading.Take(one);
                    isNamed = isNamed || query.IsNamedBy(view.JobId);
                    hasJob = hasJob || query.Watches(view.JobId);
                }

                if (isNamed && hasJob && query.Matches(session.Visitor) && query.Matches(reading.LagSeconds))
                {
                    paging.Add(reading.ValueOf(query.Sort), session.Visitor.ConnectionId, reading);
                }
            }

            var (page, next) = paging.Cut();
            var rows = page.Select(reading => ConnectionRow.Of(reading, look)).ToList();
            return new ConnectionPage(time.GetUtcNow(), SummaryOf(look, conditions), paging.Count, rows, next);
        }
    }

    /// <returns>Null where it isn't there, and isn't remembered.</returns>
    public ConnectionDetail? Find(string id)
    {
        lock (looking)
        {
            var look = new Look(sessions.Here(), time);
            return look.Here.FirstOrDefault(session => session.Visitor.ConnectionId == id) is { } found
                    ? ConnectionDetail.Of(found, end: null, look, int.MaxValue, time.GetUtcNow())
                : endings.Find(id) is { } ended ? ended with { Subscriptions = [.. ended.Subscriptions.Select(look.Compare)] }
                : null;
        }
    }

    /// <returns>The connection, while it is there.</returns>
    public Session? FindSession(string id) => sessions.Here().FirstOrDefault(session => session.Visitor.ConnectionId == id);

    public JobPage Job(string jobId, ConnectionQuery query)
    {
        lock (looking)
        {
            var look = new Look(sessions.Here(), time);
            var paging = new Paging<Session>(query);
            var conditions = new ConditionCounts();
            long? head = null;
            foreach (var session in look.Here)
            {
                foreach (ref readonly var view in look.SubscriptionsOf(session))
                {
                    if (view.JobId != jobId)
                    {
                        continue;
                    }

                    var reading = look.Read(view);
                    conditions.Add(reading.Condition);
                    head = reading.Head > (head ?? -1) ? reading.Head : head;
                    if (query.Matches(session.Visitor) && query.IsNamedBy(session.Visitor) && query.Matches(reading.LagSeconds))
                    {
                        paging.Add(reading.ValueOf(query.Sort, view), session.Visitor.ConnectionId, session);
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
                [.. page.Select(session => JobWatch.Of(session, jobId, look)).OfType<JobWatch>()],
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

    private Summary SummaryOf(Look look, ConditionCounts conditions) =>
        new(
            look.Here.Count,
            conditions.Total,
            conditions.ByName,
            look.Here.Sum(session => session.QueuedBytes),
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
