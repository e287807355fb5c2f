using OptimizationGateway.Contracts.V1;
using OptimizationGateway.Gateway.Wire;

namespace OptimizationGateway.Gateway.Translation;

/// <summary>The fields of an encoded <see cref="Job"/>. Messages are the bytes that they are encoded in.</summary>
internal readonly ref struct JobFields
{
    public JobFields(ReadOnlySpan<byte> job)
    {
        var (seen, again) = (0U, 0U);
        (Score, BestScore) = (double.NaN, double.NaN);
        var reader = new WireReader(job);
        while (reader.Read())
        {
            var field = reader.Field < 32 ? 1U << reader.Field : 0;
            again |= seen & field;
            seen |= field;
            switch (reader.Type, reader.Field)
            {
                case (WireType.Delimited, Job.JobIdFieldNumber):
                    JobId = reader.Bytes;
                    break;
                case (WireType.Varint, Job.StateFieldNumber):
                    State = reader.Number;
                    break;
                case (WireType.Delimited, Job.PromptIdFieldNumber):
                    PromptId = reader.Bytes;
                    break;
                case (WireType.Delimited, Job.DatasetIdFieldNumber):
                    DatasetId = reader.Bytes;
                    break;
                case (WireType.Delimited, Job.ConfigFieldNumber):
                    Config = reader.Bytes;
                    break;
                case (WireType.Varint, Job.IterationFieldNumber):
                    Iteration = (int)reader.Number;
                    break;
                case (WireType.Delimited, Job.StageFieldNumber):
                    Stage = reader.Bytes;
                    break;
                case (WireType.Fixed64, Job.ScoreFieldNumber):
                    Score = BitConverter.UInt64BitsToDouble(reader.Number);
                    break;
                case (WireType.Fixed64, Job.BestScoreFieldNumber):
                    BestScore = BitConverter.UInt64BitsToDouble(reader.Number);
                    break;
                case (WireType.Varint, Job.LastEventIdFieldNumber):
                    LastEventId = (long)reader.Number;
                    break;
                case (WireType.Delimited, Job.CreateTimeFieldNumber):
                    HasCreateTime = true;
                    CreateTime = reader.Bytes;
                    break;
                case (WireType.Delimited, Job.UpdateTimeFieldNumber):
                    HasUpdateTime = true;
                    UpdateTime = reader.Bytes;
                    break;
                case (WireType.Delimited, Job.ResultPromptIdFieldNumber):
                    ResultPromptId = reader.Bytes;
                    break;
            }
        }

        IsPlain = !reader.IsMalformed && again == 0;
    }

    /// <summary>True if the job is well-formed and no field occurs again.</summary>
    public bool IsPlain { get; }

    public ReadOnlySpan<byte> JobId { get; }

    /// <summary>The number of the state.</summary>
    public ulong State { get; }

    public ReadOnlySpan<byte> PromptId { get; }

    public ReadOnlySpan<byte> DatasetId { get; }

    public ReadOnlySpan<byte> Config { get; }

    public int Iteration { get; }

    public ReadOnlySpan<byte> Stage { get; }

    /// <summary>The score; NaN if there is none.</summary>
    public double Score { get; }

    /// <summary>The best score; NaN if there is none.</summary>
    public double BestScore { get; }

    public long LastEventId { get; }

    public bool HasCreateTime { get; }

    public ReadOnlySpan<byte> CreateTime { get; }

    public bool HasUpdateTime { get; }

    public ReadOnlySpan<byte> UpdateTime { get; }

    public ReadOnlySpan<byte> ResultPromptId { get; }
}
