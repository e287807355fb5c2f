using System.Text.Json;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>The page, in the words of its own ids.</summary>
internal sealed class ConsolePage(Chromium browser)
{
    /// <summary>The ids in the list of events, oldest first.</summary>
    public async Task<List<long>> EventIdsAsync()
    {
        var ids = await browser.EvaluateAsync(
            "[...document.querySelectorAll('#events li[data-id]')].map(row => Number(row.dataset.id)).reverse()"
        );
        return ids!.Deserialize<List<long>>()!;
    }

    /// <summary>The phase of the watch, as the mark beside the connection says it.</summary>
    public Task<string> PhaseAsync() => TextAsync("document.querySelector('#connection')?.dataset.phase ?? ''");

    public Task<string> ReadAsync(string selector) =>
        TextAsync($"document.querySelector({JsonSerializer.Serialize(selector)})?.textContent.trim() ?? ''");

    public Task<bool> IsStaleAsync() => IsAsync("document.querySelector('#job').dataset.stale === 'true'");

    public async Task<bool> IsAsync(string expression) => (bool)(await browser.EvaluateAsync($"Boolean({expression})"))!;

    public Task UntilStateAsync(string state) => UntilAsync($"document.querySelector('#job-state')?.textContent === '{state}'");

    public Task UntilAsync(string expression) => Until.TrueAsync(() => IsAsync(expression), expression, DescribeAsync);

    public Task UntilPhaseAsync(params string[] phases) =>
        Until.TrueAsync(
            async () => Array.IndexOf(phases, await PhaseAsync()) >= 0,
            $"the phase is {string.Join(" or ", phases)}",
            DescribeAsync
        );

    /// <summary>Waits for an event after this one.</summary>
    public Task UntilEventAfterAsync(long id) =>
        Until.TrueAsync(async () => (await EventIdsAsync()).LastOrDefault() > id, $"an event after {id} is shown", DescribeAsync);

    private async Task<string> TextAsync(string expression) => (string)(await browser.EvaluateAsync(expression))!;

    private async Task<string> DescribeAsync() =>
        $"The page says:\n{await TextAsync("document.body.innerText.slice(0, 2000)")}\nand complains:\n{string.Join('\n', browser.Complaints)}";
}
