using System.Buffers;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>Writes an encoded <see cref="Job"/> as the documented JSON object of PROTOCOL.md section 11.</summary>
internal static class JobTranslator
{
    /// <summary>The largest JSON of a job.</summary>
    private const int MaxJsonBytes = 16 * 1024 * 1024;

    /// <summary>More than the JSON of a job has besides what the job says: names, numbers, times.</summary>
    private const int FrameBytes = 768;

    /// <summary>The level of <c>config</c>, as in an event's <c>data</c>.</summary>
    private const int ConfigLevel = 2;

    /// <summary>Writes the job.</summary>
    /// <returns>False if the job can't be shown. Then nothing was written.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        // A character takes six bytes at the most, a number no more than its name and value on the wire, twice over.
        var most = (int)Math.Min(MaxJsonBytes, (6L * encoded.Length) + FrameBytes);
        var json = new JsonOutput(output.GetSpan(most)[..most], isChecked: false);
        Write(ref json, new JobFields(encoded));
        if (json.Fault is not null)
        {
            return false;
        }

        output.Advance(json.Length);
        return true;
    }

    private static void Write(ref JsonOutput json, JobFields job)
    {
        if (!job.IsPlain || job.JobId.IsEmpty)
        {
            json.Refuse(TranslationFault.Unreadable);
        }

        json.Put("{\"jobId\":"u8);
        json.Text(job.JobId);
        json.Put(",\"state\":\""u8);
        json.Put(System.Text.Encoding.ASCII.GetBytes(JobStateNames.Of(job.State)));
        json.Put("\",\"promptId\":"u8);
        json.Text(job.PromptId);
        json.Put(",\"datasetId\":"u8);
        json.Text(job.DatasetId);
        json.Put(",\"config\":"u8);
        StructWriter.WriteObject(ref json, job.Config, ConfigLevel);
        json.Put(",\"iteration\":"u8);
        json.Number(job.Iteration);
        json.Put(",\"stage\":"u8);
        json.Text(job.Stage);
        json.Put(",\"score\":"u8);
        json.Number(job.Score);
        json.Put(",\"bestScore\":"u8);
        json.Number(job.BestScore);
        json.Put(",\"lastEventId\":"u8);
        json.Number(job.LastEventId);
        json.Put(",\"createTime\":"u8);
        WriteTime(ref json, job.HasCreateTime, job.CreateTime);
        json.Put(",\"updateTime\":"u8);
        WriteTime(ref json, job.HasUpdateTime, job.UpdateTime);
        json.Put(",\"resultPromptId\":"u8);
        json.Text(job.ResultPromptId);
        json.Put("}"u8);
    }

    /// <summary>Writes a time; <c>null</c> for one that isn't supplied.</summary>
    private static void WriteTime(ref JsonOutput json, bool isThere, ReadOnlySpan<byte> timestamp)
    {
        if (!isThere)
        {
            json.Put("null"u8);
        }
        else if (JsonTimestamp.Read(timestamp, out var instant) is { } fault)
        {
            json.Refuse(fault);
        }
        else
        {
            JsonTimestamp.Write(ref json, instant);
        }
    }
}
