using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Backends;

/// <summary>
/// The part of the HTTP pipeline that bounds the memory of messages that are arriving. The gRPC client believes a length prefix: it allocates
/// an array of that size before the first byte has come, and decompresses a message whole. See <see cref="GatedStream"/>.
/// </summary>
/// <param name="inner">The rest of the pipeline: one connection.</param>
/// <param name="budget">The connection's budget.</param>
/// <param name="options">The limits.</param>
internal sealed class MessageGate(HttpMessageHandler inner, ArrivalBudget budget, UpstreamOptions options) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var isGzip =
            response.Headers.NonValidated.TryGetValues("grpc-encoding", out var encoding)
            && string.Equals(encoding.ToString(), "gzip", StringComparison.Ordinal);
        var answer = await response.Content.ReadAsStreamAsync(cancellationToken);
        var isWatch = request.RequestUri!.AbsolutePath.EndsWith(WatchMethod.WatchJob.FullName, StringComparison.Ordinal);
        var gated = new StreamContent(new GatedStream(answer, isGzip, budget, options, isWatch ? new MessageBatch() : null));
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            gated.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = gated;
        return response;
    }
}
