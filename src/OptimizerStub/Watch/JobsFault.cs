using Grpc.Core;

namespace OptimizationGateway.OptimizerStub.Watch;

/// <summary>The ways in which a question about the jobs fails, each with its status.</summary>
internal static class JobsFault
{
    public static RpcException BadRequest(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    public static RpcException UnknownJob() => new(new Status(StatusCode.NotFound, "There is no such job."));

    public static RpcException Unreadable() => new(new Status(StatusCode.Unavailable, "The event log can't be read at the moment."));
}
