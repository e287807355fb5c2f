using System.Text.Json;
using System.Text.Json.Nodes;

namespace OptimizationGateway.Load;

/// <summary>Commands from the runner: a JSON object a line on standard input, answered by one on standard output.</summary>
internal static class Commands
{
    /// <summary>Serves commands until the input ends. A command that fails is answered with <c>error</c>.</summary>
    public static async Task<int> ServeAsync(Func<JsonObject, Task<JsonObject>> answer)
    {
        await WriteAsync(new JsonObject { ["ready"] = true });
        // The console's own ReadLineAsync blocks its thread, which may be the one that sockets wake.
        while (await Task.Run(Console.In.ReadLine) is { } line)
        {
            await WriteAsync(await AnswerAsync(line));
        }

        return 0;

        async Task<JsonObject> AnswerAsync(string line)
        {
            try
            {
                return await answer(JsonNode.Parse(line)!.AsObject());
            }
            // The runner reports it and goes on with the next workload.
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                return new JsonObject { ["error"] = error.Message };
            }
        }
    }

    public static long Number(this JsonObject command, string name, long otherwise = 0) => (long?)command[name] ?? otherwise;

    private static async Task WriteAsync(JsonObject answer)
    {
        await Console.Out.WriteLineAsync(answer.ToJsonString(JsonSerializerOptions.Default));
        await Console.Out.FlushAsync();
    }
}
