namespace OptimizationGateway.Gateway.Transports;

/// <summary>Writes the body of a response in slices, so that <see cref="SendProgress"/> sees a reader move inside one message.</summary>
internal sealed class ResponseWriter(Stream body, SendProgress progress)
{
    private const int SliceSize = 8 * 1024;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken abort)
    {
        while (!bytes.IsEmpty)
        {
            var slice = bytes[..Math.Min(SliceSize, bytes.Length)];
            var write = body.WriteAsync(slice, abort);
            if (!write.IsCompleted)
            {
                progress.Waiting();
            }

            await write;
            progress.Accepted(slice.Length);
            bytes = bytes[slice.Length..];
        }
    }
}
