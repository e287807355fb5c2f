using OptimizationGateway.Testing;

namespace OptimizationGateway.Contract.Tests.Golden;

public sealed class JsonComparisonTests
{
    [Theory]
    [InlineData("""{"a":"é\n"}""", """{ "a": "\u00e9\u000A" }""")]
    [InlineData("1e-7", "1E-07")]
    [InlineData("""{"a":{"b":{"c":1,"d":2}}}""", """{"a":{"b":{"d":2,"c":1}}}""")]
    public void Spelling_makes_no_difference(string expected, string actual) => Assert.Null(JsonComparison.Difference(expected, actual));

    [Theory]
    [InlineData("""{"id":1}""", """{"id":"1"}""")]
    [InlineData("1", "1.0")]
    [InlineData("1000", "1E+3")]
    [InlineData("0.1", "0.2")]
    [InlineData("[null]", "[0]")]
    [InlineData("[1]", "[1,1]")]
    [InlineData("true", "false")]
    [InlineData("""{"a":"x"}""", """{"a":"y"}""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""")]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """{"a":1,"a":1}""")]
    public void Meaning_does(string expected, string actual) => Assert.NotNull(JsonComparison.Difference(expected, actual));
}
