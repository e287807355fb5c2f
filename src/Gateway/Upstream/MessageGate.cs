using System.Net;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// The part of the HTTP pipeline that bounds the memory of messages that are on their way. The gRPC client believes a length prefix: it takes
/// an array of that size before the first byte has come, and unpacks a compressed message whole. See <see cref="GatedStream"/>.
/// </summary>
/// <param name="inner">The rest of the pipeline: one connection.</param>
/// <param name="budget">The connection's budget.</param>
/// <param name="options">The limits.</param>
internal sealed class MessageGate(HttpMessageHandler inner, MemoryBudget budget, UpstreamOptions options) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var isGzip =
            response.Headers.NonValidated.TryGetValues("grpc-encoding", out var encoding)
            && string.Equals(encoding.ToString(), "gzip", StringComparison.Ordinal);
        response.Content = new GatedContent(response.Content, stream => new GatedStream(stream, isGzip, budget, options));
        return response;
    }

    private sealed class GatedContent : HttpContent
    {
        private readonly HttpContent content;
        private readonly Func<Stream, Stream> gate;

        public GatedContent(HttpContent content, Func<Stream, Stream> gate)
        {
            this.content = content;
            this.gate = gate;
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

        protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            gate(await content.ReadAsStreamAsync(cancellationToken));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => content.CopyToAsync(stream, context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
            {
                content.Dispose();
            }
        }
    }
}
