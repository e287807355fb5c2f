namespace OptimizationGateway.Gateway.Telemetry;

/// <summary>Names the members of an enum as tag values: in lower case, and made once, since every message needs one.</summary>
internal static class TagValue
{
    /// <returns>The member's name in lower case.</returns>
    public static string Of<T>(T member)
        where T : struct, Enum => Names<T>.ByMember[member];

    /// <returns>The names of all members.</returns>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => [.. Names<T>.ByMember.Values];

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByMember = Enum.GetValues<T>()
            .ToDictionary(member => member, member => member.ToString().ToLowerInvariant());
    }
}
