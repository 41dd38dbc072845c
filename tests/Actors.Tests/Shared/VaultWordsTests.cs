using System.Net;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>
/// Which of Vault's messages have a meaning for the programs, and no others. The messages
/// of Vault 1.8 are recorded; the others are in the sources of Vault and OpenBao.
/// </summary>
public class VaultWordsTests
{
    [Theory]
    [InlineData(400, "wrapping token is not valid or does not exist", true)]
    [InlineData(400, "1 error occurred:\n\t* wrapping token is not valid or does not exist\n\n", true)]
    [InlineData(400, "error validating wrapping token: token is empty", false)]
    [InlineData(400, "error validating wrapping token: wrapping token could not be parsed: square/go-jose: unsupported", false)]
    [InlineData(400, "error validating wrapping token: context deadline exceeded", false)]
    [InlineData(403, "2 errors occurred:\n\t* error validating wrapping token: context deadline exceeded\n\t* permission denied\n\n", false)]
    [InlineData(403, "2 errors occurred:\n\t* error validating wrapping token: Vault is in standby mode\n\t* permission denied\n\n", false)]
    [InlineData(403, "wrapping token is not valid or does not exist", false)]
    [InlineData(500, "wrapping token is not valid or does not exist", false)]
    [InlineData(503, "error validating wrapping token: Vault is sealed", false)]
    [InlineData(400, "the proxy says: wrapping token is not valid or does not exist", false)]
    [InlineData(400, "", false)]
    public void A_wrapping_token_is_unknown_in_one_answer_only(int status, string error, bool unknown) => Assert.Equal(unknown, Failure(status, error).IsUnknownWrappingToken);

    [Theory]
    [InlineData(400, "1 error occurred:\n\t* invalid accessor\n\n", true)]
    [InlineData(400, "invalid accessor", true)]
    [InlineData(400, "failed to look up token using accessor index: invalid accessor entry", false)]
    [InlineData(500, "1 error occurred:\n\t* failed to read index using accessor: invalid accessor\n\n", false)]
    [InlineData(403, "1 error occurred:\n\t* permission denied\n\n", false)]
    public void So_is_an_accessor(int status, string error, bool unknown) => Assert.Equal(unknown, Failure(status, error).IsUnknownAccessor);

    [Theory]
    [InlineData("error performing token check: Vault is sealed", VaultFailure.Sealed)]
    [InlineData("Vault is sealed", VaultFailure.Sealed)]
    [InlineData("OpenBao is sealed", VaultFailure.Sealed)]
    [InlineData("no server is available; 0 of 3 backends are unsealed", VaultFailure.Transient)]
    [InlineData("the request has a sealed envelope", VaultFailure.Transient)]
    public void And_sealed_is_what_says_so(string error, VaultFailure failure) => Assert.Equal(failure, Failure(503, error).Failure);

    private static VaultException Failure(int status, string error) => new("POST sys/wrapping/lookup", (HttpStatusCode)status, [error]);
}
