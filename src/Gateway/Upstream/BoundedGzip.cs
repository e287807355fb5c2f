using System.IO.Compression;
using Grpc.Net.Compression;

namespace OptimizationGateway.Gateway.Upstream;

/// <summary>
/// Unfolds compressed messages up to a size. The client library checks the size of what came over the wire alone, and 16 MB of gzip can
/// unfold to 16 GB.
/// </summary>
/// <param name="maxBytes">The largest message once unfolded, in bytes.</param>
internal sealed class BoundedGzip(int maxBytes) : ICompressionProvider
{
    public string EncodingName => "gzip";

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        throw new NotSupportedException("The gateway's requests are too small to compress.");

    public Stream CreateDecompressionStream(Stream stream) =>
        new UnfoldingStream(new GZipStream(stream, CompressionMode.Decompress), maxBytes);
}
