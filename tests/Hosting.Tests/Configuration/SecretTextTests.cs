using OptimizationGateway.Hosting.Configuration;

namespace OptimizationGateway.Hosting.Tests.Configuration;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5001", "http://127.0.0.1:5001")]
    [InlineData("http://user:word@host:1/path", "http://…@host:1/path")]
    [InlineData("http://a@b@host", "http://…@host")]
    [InlineData("http://us/er:wo?rd@host", "http://…@host")]
    [InlineData("https://host/path?key=1&key=2", "https://host/path?…")]
    [InlineData("http://u:p@a:1, http://u:p@b:1?x=y", "http://…@a:1, http://…@b:1?…")]
    [InlineData("Address is 'ftp://u:p@x?y'; it must be a URL. Is it?", "Address is 'ftp://…@x?…'; it must be a URL. Is it?")]
    [InlineData("no URL: a@b?c=d", "no URL: a@b?c=d")]
    public void Names_passwords_and_queries_are_taken_out_of_URLs(string text, string shown) => Assert.Equal(shown, SecretText.Hide(text));
}
