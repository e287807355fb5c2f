using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using OptimizationGateway.Testing;

namespace OptimizationGateway.Browser.Tests;

/// <summary>A headless Chromium with one page, driven over the DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Flags =
    [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--remote-debugging-port=0",
    ];

    private readonly Process process;
    private readonly DirectoryInfo profile;
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> asked = new();
    private readonly SemaphoreSlim sending = new(1);
    private Task reading = Task.CompletedTask;
    private int lastId;

    private Chromium(Process process, DirectoryInfo profile) => (this.process, this.profile) = (process, profile);

    /// <summary>Everything the page complained of: exceptions, console errors, failed loads, violations of its security policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Where it is installed; null where it isn't.</summary>
    public static string? Path { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .SelectMany(folder =>
                new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name))
            )
            .FirstOrDefault(File.Exists);

    public static async Task<Chromium> StartAsync()
    {
        if (Path is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("install chromium: make deps");
        }

        Assert.NotNull(Path);
        var profile = Directory.CreateTempSubdirectory("optimization-chromium-");
        var start = new ProcessStartInfo(Path, [.. Flags, $"--user-data-dir={profile.FullName}", "about:blank"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var browser = new Chromium(process, profile);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
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

    public async Task<byte[]> ScreenshotAsync()
    {
        var answer = await CallAsync("Page.captureScreenshot", []);
        return Convert.FromBase64String((string)answer["data"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading;
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();

        // Its children may still be writing when they are killed; what they leave is in the temporary folder.
        await Until.TrueAsync(() => Task.FromResult(TryDelete(profile)), "the profile can be deleted");
        stop.Dispose();
        sending.Dispose();
    }

    private async Task ConnectAsync()
    {
        var portFile = System.IO.Path.Combine(profile.FullName, "DevToolsActivePort");
        var port = "";
        await Until.TrueAsync(
            async () => File.Exists(portFile) && (port = (await File.ReadAllLinesAsync(portFile)).FirstOrDefault("")).Length > 0,
            "Chromium says where its DevTools are"
        );
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var pages = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json")))!.AsArray();
        var page = pages.First(target => (string?)target!["type"] == "page")!;
        await socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), stop.Token);
        reading = ReadAsync();
        foreach (var domain in new[] { "Page", "Runtime", "Log" })
        {
            await CallAsync($"{domain}.enable", []);
        }
    }

    private async Task<JsonObject> CallAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        asked[id] = answer;
        var request = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        await sending.WaitAsync(stop.Token);
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), WebSocketMessageType.Text, true, stop.Token);
        }
        finally
        {
            sending.Release();
        }

        var message = await answer.Task.WaitAsync(TimeSpan.FromSeconds(20), stop.Token);
        return message["result"]?.AsObject() ?? throw new InvalidOperationException($"{method}: {message["error"]?.ToJsonString()}");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(), stop.Token);
                message.Write(buffer, 0, read.Count);
                if (read.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.ToArray())!.AsObject());
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The browser is being stopped, or is gone; what was asked of it times out.
        }
    }

    private void Take(JsonObject message)
    {
        if (message["id"] is { } id)
        {
            if (asked.TryRemove((int)id, out var answer))
            {
                answer.SetResult(message);
            }

            return;
        }

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

    private static bool TryDelete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
