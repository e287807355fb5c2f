namespace OptimizationGateway.OptimizerStub.Optimization;

/// <summary>One line of a data set: what somebody wrote, and the label that a person gave it.</summary>
internal sealed record LabelledText(string Label, string Text);
