using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>The calls of JobsService, with our own marshallers for the answers: see <see cref="ListedJobs"/>. Bad bytes are null.</summary>
internal static class JobsMethods
{
    /// <summary>The longest page token that a backend may give, in characters.</summary>
    public const int MaxPageToken = 256;

    public static readonly Method<IMessage, Box<ListedJobs?>> ListJobs = Of(
        nameof(JobsService.JobsServiceBase.ListJobs),
        ListedJobs.ReadPage
    );

    public static readonly Method<IMessage, Box<ListedJobs?>> GetJob = Of(nameof(JobsService.JobsServiceBase.GetJob), ListedJobs.ReadOne);

    private static Method<IMessage, Box<ListedJobs?>> Of(string name, Func<ReadOnlyMemory<byte>, ListedJobs?> read) =>
        new(
            MethodType.Unary,
            JobsService.Descriptor.FullName,
            name,
            Marshallers.Create<IMessage>(
                (request, context) => context.Complete(request.ToByteArray()),
                _ => throw new NotSupportedException("The gateway reads no requests.")
            ),
            Marshallers.Create<Box<ListedJobs?>>(
                (_, _) => throw new NotSupportedException("The gateway writes no answers."),
                context => new Box<ListedJobs?>(read(context.PayloadAsReadOnlySequence().ToArray()))
            )
        );
}

/// <summary>An answer that may be null, which the client library doesn't take.</summary>
internal sealed record Box<T>(T Value);
