using OptimizationGateway.Contracts.V1;

namespace OptimizationGateway.Gateway.Wire;

/// <summary>A page of a backend's list, read without building its jobs: objects can take a hundred times as much as the bytes.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="NextPageToken">The backend's token for the next page; empty on the last one.</param>
/// <param name="Bytes">Its size on the wire.</param>
internal sealed record ListedJobs(IReadOnlyList<ListedJob> Jobs, string NextPageToken, int Bytes)
{
    /// <summary>
    /// The most jobs that are read of a page. The gateway asks for fewer; an empty job costs a backend two bytes and the gateway far more.
    /// </summary>
    private const int MaxJobs = 1_000;

    /// <summary>Reads an encoded <see cref="ListJobsResponse"/>.</summary>
    /// <returns>Null if the bytes are none, or break its rules.</returns>
    public static ListedJobs? ReadPage(ReadOnlyMemory<byte> encoded)
    {
        var jobs = new List<ListedJob>();
        string? next = "";
        var reader = new WireReader(encoded.Span);
        while (reader.Read())
        {
            if (reader.Is(ListJobsResponse.JobsFieldNumber, WireType.Delimited) && jobs.Count <= MaxJobs)
            {
                jobs.Add(ListedJob.Read(encoded[reader.Place]));
            }
            else if (reader.Is(ListJobsResponse.NextPageTokenFieldNumber, WireType.Delimited))
            {
                next = WireText.Read(reader.Bytes);
            }
        }

        var isSound = !reader.IsMalformed && jobs.Count <= MaxJobs && next is { Length: <= JobsMethods.MaxPageToken };
        return isSound ? new ListedJobs(jobs, next!, encoded.Length) : null;
    }

    /// <summary>Reads an encoded <see cref="GetJobResponse"/>.</summary>
    /// <returns>Null if the bytes are none.</returns>
    public static ListedJobs? ReadOne(ReadOnlyMemory<byte> encoded)
    {
        ListedJob? job = null;
        var reader = new WireReader(encoded.Span);
        while (reader.Read())
        {
            if (reader.Is(GetJobResponse.JobFieldNumber, WireType.Delimited))
            {
                job = ListedJob.Read(encoded[reader.Place]);
            }
        }

        return reader.IsMalformed || job is null ? null : new ListedJobs([job], "", encoded.Length);
    }
}
