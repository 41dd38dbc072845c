using AkkaVault.Controller.Certificates;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>Certificates and CA bundles over virtual time.</summary>
public class KeepingTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_loaded_at_once_and_again_when_it_is_time_and_only_news_are_told()
    {
        var loading = Keeping.New.On(new KeepingInput.Started(), Start, 0);
        Assert.Equal([new KeepingEffect.Load(1)], loading.Effects);
        var first = loading.Keeping.On(new KeepingInput.Loaded(1, true, "a", Start.AddHours(12)), Start, 0);
        Assert.Equal([new KeepingEffect.Say(true, "a"), new KeepingEffect.Wait(2, TimeSpan.FromHours(12))], first.Effects);
        var again = first.Keeping.On(new KeepingInput.WaitOver(2), Start.AddHours(12), 0);
        Assert.Equal([new KeepingEffect.Load(3)], again.Effects);
        var same = again.Keeping.On(new KeepingInput.Loaded(3, false, "a", Start.AddHours(24)), Start.AddHours(12), 0);
        Assert.Equal([new KeepingEffect.Wait(4, TimeSpan.FromHours(12))], same.Effects);
    }

    [Fact]
    public void A_problem_is_said_once_tried_again_with_backoff_and_its_end_is_said()
    {
        var keeping = Keeping.New.On(new KeepingInput.Started(), Start, 1).Keeping;
        var waited = new List<TimeSpan>();
        var said = 0;
        for (var i = 0; i < 12; i++)
        {
            var failed = keeping.On(new KeepingInput.Failed(keeping.Operation, "sealed"), Start, 1);
            said += failed.Effects.OfType<KeepingEffect.Say>().Count();
            waited.Add(Assert.Single(failed.Effects.OfType<KeepingEffect.Wait>()).Delay);
            keeping = failed.Keeping.On(new KeepingInput.WaitOver(failed.Keeping.Operation), Start, 1).Keeping;
        }

        Assert.Equal(1, said);
        Assert.Equal(waited.Order(), waited);
        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30)), (waited[0], waited[^1]));
        var good = keeping.On(new KeepingInput.Loaded(keeping.Operation, false, "back", Start.AddHours(1)), Start, 1);
        Assert.Contains(new KeepingEffect.Say(true, "back"), good.Effects);
    }

    [Fact]
    public void What_is_out_of_date_when_it_comes_is_not_asked_for_without_a_pause()
    {
        var loading = Keeping.New.On(new KeepingInput.Started(), Start, 0).Keeping;
        var loaded = loading.On(new KeepingInput.Loaded(1, true, "old", Start.AddHours(-1)), Start, 0);
        Assert.Equal(Keeping.Retry.First, Assert.Single(loaded.Effects.OfType<KeepingEffect.Wait>()).Delay);
    }

    [Fact]
    public void An_attempt_that_costs_something_is_followed_by_the_pause_it_asks_for()
    {
        var loading = Keeping.New.On(new KeepingInput.Started(), Start, 0).Keeping;
        var failed = loading.On(new KeepingInput.Failed(1, "over", PkiCertificate.LeastInterval), Start, 0);
        Assert.Equal(PkiCertificate.LeastInterval, Assert.Single(failed.Effects.OfType<KeepingEffect.Wait>()).Delay);
    }

    /// <summary>Whatever comes, in whatever order: there is always exactly one thing under way.</summary>
    [Property(MaxTest = 500)]
    public void It_never_stops_and_never_doubles(int seed, byte steps)
    {
        var random = new Random(seed);
        var step = Keeping.New.On(new KeepingInput.Started(), Start, 0);
        var pending = new List<KeepingEffect>(step.Effects.Where(e => e is not KeepingEffect.Say));
        var keeping = step.Keeping;
        for (var i = 0; i < steps; i++)
        {
            Assert.Single(pending);
            KeepingInput input = (pending[0], random.Next(3)) switch
            {
                (KeepingEffect.Load load, 0) => new KeepingInput.Failed(load.Operation, $"p{random.Next(2)}"),
                (KeepingEffect.Load load, var n) => new KeepingInput.Loaded(load.Operation, n == 1, "x", Start.AddMinutes(random.Next(-5, 60))),
                (KeepingEffect.Wait wait, 0) => new KeepingInput.Loaded(wait.Operation - 1, true, "late", Start),
                (KeepingEffect.Wait wait, _) => new KeepingInput.WaitOver(wait.Operation),
                _ => throw new InvalidOperationException(),
            };
            var next = keeping.On(input, Start, random.NextDouble());
            if (next.Effects.Any(e => e is not KeepingEffect.Say)) pending = [.. next.Effects.Where(e => e is not KeepingEffect.Say)];
            keeping = next.Keeping;
        }
    }
}
