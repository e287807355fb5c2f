namespace OptimizationGateway.Fuzz.Tests;

/// <summary>Small damages to an input, the same ones for the same seed: what a fuzzer does, without its eyes.</summary>
internal sealed class Mutation(int seed)
{
    /// <summary>Bytes that mean something: ends of varints and tags, ends of UTF-8's ranges, and JSON's own.</summary>
    private static readonly byte[] Telling =
    [
        0x00,
        0x01,
        0x08,
        0x0A,
        0x20,
        0x22,
        0x2D,
        0x2E,
        0x30,
        0x5B,
        0x5C,
        0x65,
        0x75,
        0x7B,
        0x7D,
        0x7F,
        0x80,
        0x8A,
        0xA2,
        0xBF,
        0xC0,
        0xED,
        0xF4,
        0xFF,
    ];

    // The same numbers on every machine and in every run: a failure can be repeated.
#pragma warning disable CA5394
    private readonly Random random = new(seed);

    public byte[] Damage(byte[] input, byte[] other)
    {
        var bytes = input.ToList();
        for (var left = 1 + random.Next(4); left > 0; left--)
        {
            DamageOnce(bytes, other);
        }

        return [.. bytes];
    }

    private void DamageOnce(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var rest = bytes.Count - at;
        switch (random.Next(6))
        {
            case 0 when rest > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when rest > 0:
                bytes[at] = Telling[random.Next(Telling.Length)];
                break;
            case 2:
                bytes.Insert(at, Telling[random.Next(Telling.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, random.Next(rest + 1));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(16), rest)));
                break;
            default:
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, random.Next(Math.Min(other.Length - from, 64) + 1)));
                break;
        }
    }
#pragma warning restore CA5394
}
