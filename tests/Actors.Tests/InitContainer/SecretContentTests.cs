using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.InitContainer.Secrets;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.InitContainer;

public sealed class SecretContentTests
{
    private const string Data = """{"user":"a","n":1.50,"yes":true,"none":null,"list":["x",{"y":"z"}],"text":"l1\nl2 \"q\" 'p' $x `y` \\ ü"}""";

    [Fact]
    public void The_json_is_Vaults_own() => Assert.Equal(Data, Content("all = p"));

    [Theory]
    [InlineData("user", "a")]
    [InlineData("n", "1.50")]
    [InlineData("yes", "true")]
    [InlineData("none", "")]
    [InlineData("list", """["x",{"y":"z"}]""")]
    [InlineData("text", "l1\nl2 \"q\" 'p' $x `y` \\ ü")]
    public void A_field_is_the_value_as_it_is(string field, string value) => Assert.Equal(value, Content($"x = p#{field}"));

    [Fact]
    public void A_field_that_is_missing_is_told_with_those_that_are_there_and_no_value()
    {
        Assert.Null(Render("x = p#password", """{"user":"hush","other":"hush"}""", out var problem));
        Assert.Equal("it has no field password; it has user, other", problem);
    }

    [Fact]
    public void Names_become_those_of_a_shell_and_two_that_become_one_are_refused()
    {
        Assert.Equal("db_user='a'\n_1st='b'\n_='c'\nAb_9='d'\n", Content("x.env = p", """{"db-user":"a","1st":"b","":"c","Ab_9":"d"}"""));
        Assert.Null(Render("x.env = p", """{"db-user":"hush","db.user":"hush"}""", out var problem));
        Assert.Equal("its fields db-user and db.user would both be db_user in x.env", problem);
        Assert.Null(Render("x.env = p", """{"k":"hush\u0000"}""", out problem));
        Assert.Equal("its field k has a zero byte, which no shell takes from x.env", problem);
    }

    [Property(MaxTest = 30)]
    public Property A_shell_reads_each_value_as_it_is() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>[]>(),
        values =>
        {
            // What no file or environment can hold is left out.
            var texts = values.Select(value => new string([.. value.Get.Where(c => c != '\0' && !char.IsSurrogate(c))])).Append("a'b\n\"$(false)\\'").ToList();
            var data = new JsonObject(texts.Select((text, i) => KeyValuePair.Create($"k{i}", (JsonNode?)text)));
            var file = Path.GetTempFileName();
            try
            {
                File.WriteAllText(file, Content("x.env = p", data.ToJsonString()));
                using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $". {file}; printf '%s\\0' {string.Join(' ', texts.Select((_, i) => $"\"$k{i}\""))}"])
                {
                    RedirectStandardOutput = true,
                    StandardOutputEncoding = new UTF8Encoding(false),
                })!;
                Assert.Equal(texts, shell.StandardOutput.ReadToEnd().Split('\0')[..^1]);
                shell.WaitForExit();
            }
            finally
            {
                File.Delete(file);
            }
        });

    private static string Content(string line, string data = Data) => Encoding.UTF8.GetString(Render(line, data, out _)!);

    private static byte[]? Render(string line, string data, out string? problem)
    {
        using var document = JsonDocument.Parse(data);
        return SecretContent.Render(Assert.Single(SecretLines.Parse(line, [])), document.RootElement, out problem);
    }
}
