using System.Diagnostics;
using System.Text.Json.Nodes;
using OptimizationGateway.Browser.Tests;
using OptimizationGateway.Testing;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace OptimizationGateway.Browser.Tests;

/// <summary>One headless Chromium for all tests. It starts with the first window.</summary>
public sealed class Chromium : IAsyncDisposable
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
        // A window behind another one works as the one in front.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        // Nobody sees the parts around a page, goes back to an earlier one, or opens another tab: each would be a process of its own.
        "--no-startup-window",
        "--disable-features=PreloadTopChromeWebUI,BackForwardCache,SpareRendererForSitePerProcess",
        "--remote-debugging-port=0",
    ];

    private readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("optimization-chromium-");
    private readonly DevTools devTools = new(_ => { });
    private readonly Lazy<Task<Uri>> address;
    private Process? process;

    public Chromium() => address = new Lazy<Task<Uri>>(StartAsync);

    /// <summary>Where it is installed; null where it isn't.</summary>
    private static string? Path { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .SelectMany(folder =>
                new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name))
            )
            .FirstOrDefault(File.Exists);

    /// <summary>Opens a window. It shares no cookies, storage or caches with the others.</summary>
    internal async Task<BrowserWindow> OpenAsync()
    {
        if (Path is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("install chromium: make deps");
        }

        Assert.NotNull(Path);
        var root = await address.Value;
        var context = (string)(await devTools.CallAsync("Target.createBrowserContext", []))["browserContextId"]!;
        var target = await devTools.CallAsync(
            "Target.createTarget",
            new JsonObject
            {
                ["url"] = "about:blank",
                ["browserContextId"] = context,
                ["newWindow"] = true,
            }
        );
        return await BrowserWindow.ConnectAsync(
            new Uri(root, $"/devtools/page/{(string)target["targetId"]!}"),
            () => devTools.CallAsync("Target.disposeBrowserContext", new JsonObject { ["browserContextId"] = context })
        );
    }

    public async ValueTask DisposeAsync()
    {
        await devTools.DisposeAsync();
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        // Its children may still be writing when they are killed; what they leave is in the temporary folder.
        await Until.TrueAsync(() => Task.FromResult(TryDelete(profile)), "the profile can be deleted");
    }

    /// <returns>Where its DevTools are.</returns>
    private async Task<Uri> StartAsync()
    {
        var start = new ProcessStartInfo(Path!, [.. Flags, $"--user-data-dir={profile.FullName}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        // The first line is a port, the second the path of the browser's own connection.
        var portFile = System.IO.Path.Combine(profile.FullName, "DevToolsActivePort");
        string[] lines = [];
        await Until.TrueAsync(
            async () => File.Exists(portFile) && (lines = await File.ReadAllLinesAsync(portFile)).Length == 2,
            "Chromium says where its DevTools are"
        );
        var root = new Uri($"ws://127.0.0.1:{lines[0]}");
        await devTools.ConnectAsync(new Uri(root, lines[1]));
        return root;
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
