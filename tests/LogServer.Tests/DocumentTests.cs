using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OptimizationGateway.Hosting.Configuration;
using OptimizationGateway.LogServer.Settings;
using OptimizationGateway.LogServer.Tests.Harness;
using OptimizationGateway.Testing;

namespace OptimizationGateway.LogServer.Tests;

/// <summary>docs/log-server.md tells of every setting, and its commands work.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Document = File.ReadAllText(RepositoryRoot.Combine("docs", "log-server.md"));

    [Fact]
    public void Each_setting_has_a_row_with_its_default_and_each_row_is_a_setting()
    {
        var settings = SettingTree
            .Of(LogServerOptions.Section, typeof(LogServerOptions))
            .Select(setting => (setting.Path, DefaultOf(setting)));
        var rows = Row().Matches(Document).Select(row => (row.Groups["path"].Value, row.Groups["default"].Value.Trim('`')));

        Assert.Equal(settings, rows);
    }

    [Fact]
    public async Task Its_curl_commands_append()
    {
        await using var run = await LogServerRun.StartAsync();
        var commands = Curl().Matches(Document).Select(command => command.Value.Trim()).ToList();
        Assert.Equal(3, commands.Count);
        foreach (var command in commands)
        {
            var answer = await ShellAsync(
                command.Replace("http://127.0.0.1:5010", run.HttpUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            );
            Assert.Matches("^HTTP/1.1 20[04] ", answer);
        }

        Assert.Equal(2, (await run.Client.EventsAsync("first")).Count);
        Assert.Single(await run.Client.EventsAsync("first-2"));
    }

    private static string DefaultOf(Setting setting) =>
        (setting.Path, setting.Default) switch
        {
            (_, TimeSpan time) => time.TotalHours >= 1 ? $"{time.TotalHours} h" : $"{time.TotalSeconds} s",
            (_, int number) => number.ToString("N0", CultureInfo.InvariantCulture),
            ("LogServer:Retention:EventsPerJob", null) => "all",
            ("LogServer:Retention:EndedJobs", null) => "for ever",
            _ => setting.DefaultText.Length > 0 ? setting.DefaultText : "none",
        };

    private static async Task<string> ShellAsync(string command)
    {
        var start = new ProcessStartInfo("sh", ["-c", command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync(Deadline.Token);
        await shell.WaitForExitAsync(Deadline.Token);
        return output;
    }

    [GeneratedRegex(
        @"^\| `(?<path>LogServer:[\w:]+)` \| (?<default>[^|]+) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Row();

    [GeneratedRegex(@"^    curl (.*\\\n)*.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Curl();
}
