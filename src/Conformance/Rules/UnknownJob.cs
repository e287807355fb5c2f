using Grpc.Core;
using OptimizationGateway.Conformance.Watching;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Rules;

internal sealed class UnknownJob() : Rule("not-found", "8.7", "A job that the backend doesn't know is answered by NOT_FOUND.")
{
    public override async Task<Finding> CheckAsync(Subject subject, CancellationToken token)
    {
        var job = $"no-such-job-{Guid.NewGuid():N}";
        WatchJobRequest[] requests =
        [
            Subject.Request(job, 0),
            Subject.Request(job, after: null),
            Subject.Request(job, 7, historyOnly: true),
            // A job id comes from outside: where it becomes a path this is a file.
            Subject.Request($"../{job}", 0),
        ];
        foreach (var request in requests)
        {
            using var watch = subject.Watch(request, token);
            var message = await watch.NextAsync(subject.Options.FirstMessage, token);
            if (message is not null || watch.End!.Status != StatusCode.NotFound)
            {
                var instead = message is null ? watch.End!.ToString() : Spoken.Message(message);
                throw new BreachException($"{Spoken.Request(request)}, which doesn't exist, was answered by {instead}.");
            }
        }

        return Finding.Pass($"{Spoken.Count(requests.Length, "watch")} of jobs that don't exist were answered by NOT_FOUND.");
    }
}
