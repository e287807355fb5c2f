using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Browser.Tests;

/// <summary>A window of <see cref="Chromium" /> with one page, driven over the DevTools protocol.</summary>
internal sealed class BrowserWindow : IAsyncDisposable
{
    private readonly DevTools devTools;
    private readonly Func<Task> close;

    private BrowserWindow(Func<Task> close) => (devTools, this.close) = (new DevTools(Hear), close);

    /// <summary>Everything the page complained of: exceptions, console errors, failed loads, violations of its security policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <param name="url">Where its page's DevTools are.</param>
    /// <param name="close">Closes the window, and forgets what it has stored.</param>
    public static async Task<BrowserWindow> ConnectAsync(Uri url, Func<Task> close)
    {
        var window = new BrowserWindow(close);
        await window.devTools.ConnectAsync(url);
        foreach (var domain in new[] { "Page", "Runtime", "Log" })
        {
            await window.CallAsync($"{domain}.enable", []);
        }

        // Of several windows one alone has the focus; this one behaves as if it were that one.
        await window.CallAsync("Emulation.setFocusEmulationEnabled", new JsonObject { ["enabled"] = true });
        return window;
    }

    public Task OpenAsync(string url) => CallAsync("Page.navigate", new JsonObject { ["url"] = url });

    /// <summary>Runs a script in each page that is opened from now on, before those of the page.</summary>
    public Task RunFirstAsync(string script) => CallAsync("Page.addScriptToEvaluateOnNewDocument", new JsonObject { ["source"] = script });

    /// <summary>The value of an expression in the page, as JSON.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CallAsync(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = expression,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        return answer["exceptionDetails"] is { } fault
            ? throw new InvalidOperationException($"{expression}: {fault.ToJsonString()}")
            : answer["result"]!["value"];
    }

    /// <summary>The page at the width and height of another screen.</summary>
    public Task ResizeAsync(int width, int height) =>
        CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );

    public Task PreferAsync(string colorScheme) =>
        CallAsync(
            "Emulation.setEmulatedMedia",
            new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = colorScheme }) }
        );

    /// <summary>The page on a slower machine: so many times slower than this one; 1: as it is.</summary>
    public Task SlowDownAsync(int times) => CallAsync("Emulation.setCPUThrottlingRate", new JsonObject { ["rate"] = times });

    /// <summary>Text that is typed where the focus is.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>A key that is pressed and let go.</summary>
    public async Task PressAsync(string key)
    {
        var code = key switch
        {
            "Tab" => 9,
            "Enter" => 13,
            _ => throw new ArgumentOutOfRangeException(nameof(key), key, "The key's code isn't known."),
        };
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            var press = new JsonObject
            {
                ["type"] = type,
                ["key"] = key,
                ["code"] = key,
                ["windowsVirtualKeyCode"] = code,
            };
            if (key == "Enter" && type == "keyDown")
            {
                press["text"] = "\r";
            }

            await CallAsync("Input.dispatchKeyEvent", press);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await devTools.DisposeAsync();
        await close();
    }

    private Task<JsonObject> CallAsync(string method, JsonObject parameters) => devTools.CallAsync(method, parameters);

    private void Hear(JsonObject message)
    {
        var said = message["params"];
        switch ((string?)message["method"])
        {
            case "Runtime.exceptionThrown":
                Complaints.Enqueue(said!["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when (string?)said!["type"] is "error" or "warning":
                Complaints.Enqueue(said["args"]!.ToJsonString());
                break;
            case "Log.entryAdded" when (string?)said!["entry"]!["level"] is "error" or "warning":
                Complaints.Enqueue($"{said["entry"]!["source"]}: {said["entry"]!["text"]} {said["entry"]!["url"]}");
                break;
        }
    }
}
