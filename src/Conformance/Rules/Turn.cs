namespace OptimizationGateway.Conformance.Rules;

/// <summary>The turn in which a rule is checked.</summary>
internal enum Turn
{
    /// <summary>Before all others, with nothing else going on.</summary>
    First,

    /// <summary>One after the other.</summary>
    InOrder,

    /// <summary>It mostly waits, and does so beside the others.</summary>
    Beside,

    /// <summary>After all others: it ends the backend.</summary>
    Last,
}
