namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

public class LedgerWorldTests
{
    [Fact]
    public async Task Whatever_goes_wrong_only_the_last_to_claim_the_ledger_writes_it_and_what_it_confirmed_is_there_once()
    {
        var (confirmed, fenced) = (0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            using var world = new LedgerWorld(seed);
            try
            {
                await world.RunAsync(80);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }

            confirmed += world.Confirmed;
            fenced += world.Fenced;
        }

        // Both outcomes must be frequent, otherwise the world tests too little.
        Assert.True(confirmed > 10_000 && fenced > 1_000, $"{confirmed} confirmed, {fenced} fenced");
    }
}
