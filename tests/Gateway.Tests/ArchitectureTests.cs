using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs;
using OptimizationGateway.OptimizerStub;
using Room = string;
using Assembly = System.Reflection.Assembly;

namespace OptimizationGateway.Gateway.Tests;

/// <summary>Holds the table of docs/architecture.md, by the compiled assembly.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "OptimizationGateway.Gateway";
    private const string Shared = "OptimizationGateway.Hosting";
    private const string Generated = "OptimizationGateway.Contracts.V1.";
    private const Room Composition = "(root)";
    private const Room Hosting = "Hosting";

    /// <summary>
    /// The folders of src/Gateway, each with the folders that it may use. The root composes, so it may use every folder. src/Hosting counts
    /// as one more folder; the rules within it are in tests/Hosting.Tests.
    /// </summary>
    private static readonly Dictionary<Room, Room[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Protocol"] = [],
        ["Telemetry"] = [Hosting],
        ["Buffers"] = [],
        ["Memory"] = [],
        ["Wire"] = ["Buffers"],
        ["Translation"] = ["Wire"],
        ["Outboxes"] = ["Protocol", "Buffers", "Memory"],
        ["Transports"] = ["Protocol", "Buffers", "Memory", "Outboxes"],
        ["Backends"] = ["Wire", "Memory", Hosting, "Telemetry"],
        ["Watching"] = ["Memory", "Wire", "Backends", "Telemetry"],
        ["Jobs"] = ["Protocol", "Memory", "Wire", "Backends", "Translation"],
        ["Feeds"] = ["Protocol", "Buffers", "Memory", "Wire", "Backends", "Watching", "Translation", "Outboxes", "Telemetry"],
        ["Subscriptions"] = ["Protocol", "Memory", "Wire", "Backends", "Watching", "Feeds", "Translation", "Outboxes", "Telemetry"],
        ["Sessions"] = [Hosting, "Protocol", "Memory", "Backends", "Subscriptions", "Outboxes", "Transports", "Telemetry"],
        ["Security"] = ["Protocol", Hosting, "Backends", "Sessions"],
        ["Listening"] = [Hosting, "Security", "Transports"],
        ["Front"] =
        [
            "Protocol",
            Hosting,
            "Listening",
            "Security",
            "Sessions",
            "Transports",
            "Subscriptions",
            "Feeds",
            "Jobs",
            "Backends",
            "Translation",
            "Telemetry",
        ],
        ["Inspection"] =
        [
            "Protocol",
            Hosting,
            "Listening",
            "Security",
            "Sessions",
            "Transports",
            "Subscriptions",
            "Feeds",
            "Outboxes",
            "Watching",
            "Backends",
            "Wire",
            "Translation",
            "Telemetry",
            "Front",
        ],
        ["Startup"] =
        [
            Hosting,
            "Memory",
            "Listening",
            "Security",
            "Sessions",
            "Transports",
            "Backends",
            "Feeds",
            "Translation",
            "Telemetry",
            "Front",
            "Inspection",
        ],
    };

    private static readonly Architecture Gateway = new ArchLoader().LoadAssemblies(typeof(GatewayHost).Assembly).Build();

    /// <summary>Each use of one folder by another, as the names of the two types.</summary>
    private static readonly ILookup<(Room From, Room To), string> Uses = Gateway
        .Types.SelectMany(type => type.Dependencies, (type, dependency) => (type, dependency.Target))
        .Select(use => (From: RoomOf(use.type), To: RoomOf(use.Target), Text: $"{use.type.Name} uses {use.Target.Name}"))
        .Where(use => use is { From: not null, To: not null } && use.From != use.To)
        .ToLookup(use => (use.From!, use.To!), use => use.Text);

    public static TheoryData<Room> Rooms => [.. Gateway.Types.Select(RoomOf).OfType<Room>().Where(room => room != Composition).Distinct()];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_folder_uses_only_what_it_may(Room room)
    {
        Assert.True(MayUse.ContainsKey(room), $"src/Gateway/{room} has no rule. Give it one here and a row in docs/architecture.md.");
        var faults = Uses.Where(use => use.Key.From == room && !MayUse[room].Contains(use.Key.To, StringComparer.Ordinal));
        Assert.Empty(faults.Select(use => $"{room} may not use {use.Key.To}: {string.Join(", ", use.Distinct())}"));
    }

    [Fact]
    public void No_rule_is_about_a_folder_that_is_gone_or_allows_what_nobody_needs()
    {
        Assert.Empty(MayUse.Keys.Except(Rooms.Select(row => row.Data), StringComparer.Ordinal));
        Assert.Empty(
            MayUse.SelectMany(rule => rule.Value, (rule, to) => (rule.Key, to)).Where(use => !Uses.Contains(use)).Select(use => $"{use}")
        );
    }

    [Fact]
    public void Folders_do_not_use_each_other_in_a_circle()
    {
        var open = MayUse.Keys.Append(Composition).ToHashSet(StringComparer.Ordinal);
        while (open.FirstOrDefault(IsLeaf) is { } leaf)
        {
            open.Remove(leaf);
        }

        Assert.Empty(open);

        bool IsLeaf(Room room) => Uses.All(use => use.Key.From != room || !open.Contains(use.Key.To));
    }

    [Fact]
    public void Only_the_translator_reads_payloads()
    {
        var payloads = JobEvent.Descriptor.Oneofs.Single(o => o.Name == "payload").Fields.Select(f => f.MessageType.Name).ToHashSet();
        var readers = Gateway
            .Types.Where(type => type.Dependencies.Any(d => payloads.Contains(d.Target.Name)))
            .Select(RoomOf)
            .Distinct(StringComparer.Ordinal);

        Assert.Empty(readers.Except(["Translation"], StringComparer.Ordinal));
    }

    [Fact]
    public void The_generated_classes_stay_near_the_backends()
    {
        var users = Gateway
            .Types.Where(type => type.Dependencies.Any(d => d.Target.FullName.StartsWith(Generated, StringComparison.Ordinal)))
            .Select(RoomOf)
            .OfType<Room>()
            .Distinct(StringComparer.Ordinal);

        Assert.Empty(users.Except(["Backends", "Watching", "Wire", "Translation"]));
    }

    [Fact]
    public void The_library_of_logs_uses_the_contract_only_and_the_stub_stands_on_it()
    {
        Assert.Equal(["Contracts"], ProjectsOf(typeof(IJobLog).Assembly));
        Assert.Equal(["Contracts", "JobLogs"], ProjectsOf(typeof(OptimizerStubHost).Assembly));
        Assert.Equal(["Contracts", "Hosting"], ProjectsOf(typeof(GatewayHost).Assembly));
    }

    [Theory]
    [InlineData("Watch", "Sqlite")]
    [InlineData("Sqlite", "Watch")]
    public void A_watch_and_an_engine_know_each_other_by_the_seam_only(string folder, string other)
    {
        const string root = "OptimizationGateway.JobLogs.";
        var library = new ArchLoader().LoadAssemblies(typeof(IJobLog).Assembly).Build();
        var types = library.Types.Where(type => type.Namespace?.FullName == root + folder).ToList();
        Assert.NotEmpty(types);
        Assert.DoesNotContain(root + other, types.SelectMany(type => type.Dependencies).Select(use => use.Target.Namespace?.FullName));
    }

    /// <returns>The projects of src that an assembly uses.</returns>
    private static IEnumerable<string> ProjectsOf(Assembly assembly) =>
        assembly
            .GetReferencedAssemblies()
            .Select(used => used.Name!)
            .Where(name => name.StartsWith("OptimizationGateway.", StringComparison.Ordinal))
            .Select(name => name["OptimizationGateway.".Length..])
            .Order(StringComparer.Ordinal);

    /// <returns>The folder of src/Gateway that has the type, or <c>Hosting</c>; null for a type of another assembly.</returns>
    private static Room? RoomOf(IType type)
    {
        var space = type.Namespace?.FullName ?? "";
        return space == Root ? Composition
            : space.StartsWith(Root + ".", StringComparison.Ordinal) ? space[(Root.Length + 1)..].Split('.')[0]
            : space.StartsWith(Shared + ".", StringComparison.Ordinal) ? Hosting
            : null;
    }
}
