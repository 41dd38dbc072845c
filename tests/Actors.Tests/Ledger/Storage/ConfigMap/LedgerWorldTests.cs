namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

public class LedgerWorldTests
{
    [Fact]
    public async Task Whatever_goes_wrong_only_the_last_owner_writes_the_ledger_and_each_confirmed_event_is_stored_once()
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
