namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>The changes that a prompt makes to a text before it is compared with the examples.</summary>
[Flags]
internal enum Normalisation
{
    None = 0,
    Lowercase = 1,
    StripPunctuation = 2,
    DropStopWords = 4,
    StripSuffixes = 8,
    MaskNumbers = 16,

    /// <summary>Compares pieces of four letters beside the words, which sees through typos and endings.</summary>
    WordPieces = 32,
}
