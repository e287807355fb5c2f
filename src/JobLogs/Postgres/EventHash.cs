using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.JobLogs.Postgres;

/// <summary>Tells whether two events are the same.</summary>
internal static class EventHash
{
    public static long Of(JobEvent jobEvent)
    {
        // The members of objects come in the order in which the table has them, so the bytes are the same at each reading.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(jobEvent.ToByteArray(), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
