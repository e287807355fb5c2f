using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Protos;

public sealed class BufTests
{
    public static TheoryData<string> Baselines => new(ProtoBaselines.Files.Select(path => Path.GetFileName(path)));

    [Fact]
    public Task The_protos_pass_lint() => AssertGreenAsync("lint", RepositoryRoot.Path);

    [Fact]
    public Task The_protos_are_formatted() => AssertGreenAsync("format --diff --exit-code", RepositoryRoot.Path);

    [Theory]
    [MemberData(nameof(Baselines))]
    public Task The_protos_break_no_release(string baseline) =>
        AssertGreenAsync("breaking", RepositoryRoot.Path, "--against", ProtoBaselines.PathOf(baseline));

    [Theory]
    [MemberData(nameof(Baselines))]
    public async Task A_renumbered_field_breaks_a_release(string baseline)
    {
        using var copy = new ProtosCopy();
        await AssertGreenAsync("breaking", copy.Root, "--against", ProtoBaselines.PathOf(baseline));
        copy.Replace("double final_score = 2;", "double final_score = 3;");
        await AssertRedAsync("final_score", "breaking", copy.Root, "--against", ProtoBaselines.PathOf(baseline));
    }

    [Theory]
    [MemberData(nameof(Baselines))]
    public async Task A_renamed_field_breaks_a_release_since_its_name_is_an_event_type(string baseline)
    {
        using var copy = new ProtosCopy();
        copy.Replace("JobStarted job_started = 10;", "JobStarted job_begun = 10;");
        await AssertRedAsync("job_begun", "breaking", copy.Root, "--against", ProtoBaselines.PathOf(baseline));
    }

    [Theory]
    [MemberData(nameof(Baselines))]
    public async Task Another_namespace_for_generated_code_breaks_a_release(string baseline)
    {
        using var copy = new ProtosCopy();
        copy.Replace("OptimizationGateway.Contracts.V1", "OptimizationGateway.Protos.V1");
        await AssertRedAsync("csharp_namespace", "breaking", copy.Root, "--against", ProtoBaselines.PathOf(baseline));
    }

    [Fact]
    public async Task A_field_without_a_comment_fails_lint()
    {
        using var copy = new ProtosCopy();
        await AssertGreenAsync("lint", copy.Root);
        copy.Replace("  // The iteration it stands at.\n", "");
        await AssertRedAsync("current_iteration", "lint", copy.Root);
    }

    private static async Task AssertGreenAsync(string command, params string[] arguments)
    {
        var (exitCode, output) = await Buf.RunAsync(command, arguments);
        Assert.True(exitCode == 0, output);
        Assert.Empty(output.Trim());
    }

    private static async Task AssertRedAsync(string reason, string command, params string[] arguments)
    {
        var (exitCode, output) = await Buf.RunAsync(command, arguments);

        // 100: buf found something; 1: buf itself failed, which proves nothing.
        Assert.True(exitCode == 100, $"exit code {exitCode}: {output}");
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }
}
