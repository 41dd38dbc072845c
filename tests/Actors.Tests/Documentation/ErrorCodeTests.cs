using System.Reflection;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>docs/management.md lists the error codes. docs/troubleshooting.md lists those of the init container.</summary>
public class ErrorCodeTests
{
    [Fact]
    public void Every_code_of_an_error_is_explained_and_no_other() => Assert.Equal(
        typeof(ProblemCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (string)code.GetRawConstantValue()!)
            .Concat(["vault-", "vault-403", "status-", "status-404", "login-refused"]).Order(StringComparer.Ordinal),
        Page.Read("docs/management.md").Rows.Where(row => row.Header[0] == "`lastErrorCode`").SelectMany(row => Page.SpansIn(row.Cells[0])).Order(StringComparer.Ordinal));
}
