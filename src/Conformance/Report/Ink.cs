namespace OptimizationGateway.Conformance.Report;

/// <summary>Colours, by their numbers in ECMA-48.</summary>
internal enum Ink
{
    Plain = 0,
    Faint = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
}
