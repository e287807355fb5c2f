using System.Buffers.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Faults.Programs;

/// <summary>
/// Has a backend tell each caller something of its own: every event names the bearer of the token that its stream was opened with. So an
/// event that reaches another caller's client can be told by its content.
/// </summary>
internal sealed class CallerMarks : Interceptor
{
    /// <summary>The member of <c>details</c>, and so of the client's <c>data</c>.</summary>
    public const string Member = "caller";

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        var isMarked = responseStream is IServerStreamWriter<WatchJobResponse>;
        return BearerOf(context.RequestHeaders) is { } caller && isMarked
            ? continuation(
                request,
                (IServerStreamWriter<TResponse>)(object)new Marked((IServerStreamWriter<WatchJobResponse>)responseStream, caller),
                context
            )
            : continuation(request, responseStream, context);
    }

    /// <summary>Reads the subject of a token, which the gateway has checked.</summary>
    private static string? BearerOf(Metadata headers)
    {
        if (headers.GetValue("authorization")?.Split('.') is not [_, var claims, _])
        {
            return null;
        }

        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
        return json.RootElement.GetProperty("sub").GetString();
    }

    private sealed class Marked(IServerStreamWriter<WatchJobResponse> inner, string caller) : IServerStreamWriter<WatchJobResponse>
    {
        private readonly Value mark = Value.ForString(caller);

        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(WatchJobResponse message) => inner.WriteAsync(Mark(message));

        public Task WriteAsync(WatchJobResponse message, CancellationToken cancellationToken) =>
            inner.WriteAsync(Mark(message), cancellationToken);

        private WatchJobResponse Mark(WatchJobResponse message)
        {
            foreach (var told in message.Replay?.Events ?? [])
            {
                Mark(told);
            }

            if (message.Event is { } live)
            {
                Mark(live);
            }

            return message;
        }

        /// <summary>Every watch of the stub reads events of its own, so none is marked for two.</summary>
        private void Mark(JobEvent told)
        {
            told.Details ??= new Struct();
            told.Details.Fields.Add(Member, mark);
        }
    }
}
