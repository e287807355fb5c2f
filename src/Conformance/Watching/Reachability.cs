using System.Net.Sockets;
using Grpc.Core;
using OptimizationGateway.Conformance.Options;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Conformance.Watching;

/// <summary>Checks that there is a backend: without one every rule would fail, and say nothing.</summary>
internal sealed class Reachability(KitOptions options, Backend backend, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>The cause and what to do; null if it answers.</summary>
    public async Task<string?> FaultAsync(CancellationToken token)
    {
        var address = options.Backend!;
        try
        {
            using var socket = new TcpClient();
            using var timeout = new CancellationTokenSource(Deadline, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, token);
            await socket.ConnectAsync(address.DnsSafeHost, address.Port, stop.Token);
        }
        catch (SocketException e)
        {
            return $"Nothing answers at {address.Authority}: {e.Message}. Start the backend, or give its address with --backend.";
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return $"Nothing answers at {address.Authority} within {Spoken.Time(Deadline)}. Is there a firewall between?";
        }

        // Without a name any job will do: what counts is that a gRPC server answers. One that is silent is for the rules to judge.
        (string Option, string? Job)[] jobs = [("--finished-job", options.FinishedJob), ("--silent-job", options.SilentJob)];
        foreach (var (option, job) in jobs)
        {
            using var watch = backend.Open(new WatchJobRequest { JobId = job ?? "any-job" }, token);
            await watch.HearsAsync(Deadline, token);
            if (watch.End is { } end && Fault(end, address) is { } fault)
            {
                return fault;
            }

            if (job is not null && watch.End is { Status: StatusCode.NotFound } unknown)
            {
                return $"The backend doesn't know {job}, which {option} names: {unknown}.";
            }
        }

        return null;
    }

    private static string? Fault(WatchEnd end, Uri address) =>
        end switch
        {
            { Status: StatusCode.Unimplemented } =>
                $"{address.Authority} answers, and serves no optimization.v1.OptimizerService/WatchJob ({end}). Is it the port of WatchJob?",
            { Status: StatusCode.Unauthenticated } =>
                $"{address.Authority} wants to know who is calling ({end}): --metadata authorization='Bearer …', or --cert and --key.",
            { IsTransport: true } when address.Scheme == "https" =>
                $"Something listens at {address.Authority}, and no gRPC call over TLS comes about: {end}. See --ca, --cert and --key.",
            { IsTransport: true } =>
                $"Something listens at {address.Authority}, and no gRPC call comes about: {end}. It must speak HTTP/2 without TLS; where it speaks TLS give https://.",
            _ => null,
        };
}
