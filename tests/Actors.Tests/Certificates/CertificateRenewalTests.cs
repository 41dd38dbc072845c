using AkkaVault.Controller.Certificates;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Certificates;

/// <summary>Certificates and CA bundles over virtual time.</summary>
public class CertificateRenewalTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_loaded_at_once_and_again_when_it_is_time_and_only_news_are_told()
    {
        var loading = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0);
        Assert.Equal([new CertificateRenewalEffect.Load(1)], loading.Effects);
        var first = loading.Keeping.Handle(new CertificateRenewalInput.Loaded(1, true, "a", Start.AddHours(12)), Start, 0);
        Assert.Equal([new CertificateRenewalEffect.Log(true, "a"), new CertificateRenewalEffect.ScheduleLoad(2, TimeSpan.FromHours(12))], first.Effects);
        var again = first.Keeping.Handle(new CertificateRenewalInput.LoadDue(2), Start.AddHours(12), 0);
        Assert.Equal([new CertificateRenewalEffect.Load(3)], again.Effects);
        var same = again.Keeping.Handle(new CertificateRenewalInput.Loaded(3, false, "a", Start.AddHours(24)), Start.AddHours(12), 0);
        Assert.Equal([new CertificateRenewalEffect.ScheduleLoad(4, TimeSpan.FromHours(12))], same.Effects);
    }

    [Fact]
    public void A_problem_is_said_once_tried_again_with_backoff_and_its_end_is_said()
    {
        var keeping = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 1).Keeping;
        var waited = new List<TimeSpan>();
        var said = 0;
        for (var i = 0; i < 12; i++)
        {
            var failed = keeping.Handle(new CertificateRenewalInput.Failed(keeping.Operation, "sealed"), Start, 1);
            said += failed.Effects.OfType<CertificateRenewalEffect.Log>().Count();
            waited.Add(Assert.Single(failed.Effects.OfType<CertificateRenewalEffect.ScheduleLoad>()).Delay);
            keeping = failed.Keeping.Handle(new CertificateRenewalInput.LoadDue(failed.Keeping.Operation), Start, 1).Keeping;
        }

        Assert.Equal(1, said);
        Assert.Equal(waited.Order(), waited);
        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30)), (waited[0], waited[^1]));
        var good = keeping.Handle(new CertificateRenewalInput.Loaded(keeping.Operation, false, "back", Start.AddHours(1)), Start, 1);
        Assert.Contains(new CertificateRenewalEffect.Log(true, "back"), good.Effects);
    }

    [Fact]
    public void What_is_out_of_date_when_it_comes_is_not_asked_for_without_a_pause()
    {
        var loading = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0).Keeping;
        var loaded = loading.Handle(new CertificateRenewalInput.Loaded(1, true, "old", Start.AddHours(-1)), Start, 0);
        Assert.Equal(CertificateRenewal.Retry.First, Assert.Single(loaded.Effects.OfType<CertificateRenewalEffect.ScheduleLoad>()).Delay);
    }

    [Fact]
    public void An_attempt_that_costs_something_is_followed_by_the_pause_it_asks_for()
    {
        var loading = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0).Keeping;
        var failed = loading.Handle(new CertificateRenewalInput.Failed(1, "over", PkiCertificate.LeastInterval), Start, 0);
        Assert.Equal(PkiCertificate.LeastInterval, Assert.Single(failed.Effects.OfType<CertificateRenewalEffect.ScheduleLoad>()).Delay);
    }

    /// <summary>Whatever comes, in whatever order: there is always exactly one thing under way.</summary>
    [Property(MaxTest = 500)]
    public void It_never_stops_and_never_doubles(int seed, byte steps)
    {
        var random = new Random(seed);
        var step = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0);
        var pending = new List<CertificateRenewalEffect>(step.Effects.Where(e => e is not CertificateRenewalEffect.Log));
        var keeping = step.Keeping;
        for (var i = 0; i < steps; i++)
        {
            Assert.Single(pending);
            CertificateRenewalInput input = (pending[0], random.Next(3)) switch
            {
                (CertificateRenewalEffect.Load load, 0) => new CertificateRenewalInput.Failed(load.Operation, $"p{random.Next(2)}"),
                (CertificateRenewalEffect.Load load, var n) => new CertificateRenewalInput.Loaded(load.Operation, n == 1, "x", Start.AddMinutes(random.Next(-5, 60))),
                (CertificateRenewalEffect.ScheduleLoad wait, 0) => new CertificateRenewalInput.Loaded(wait.Operation - 1, true, "late", Start),
                (CertificateRenewalEffect.ScheduleLoad wait, _) => new CertificateRenewalInput.LoadDue(wait.Operation),
                _ => throw new InvalidOperationException(),
            };
            var next = keeping.Handle(input, Start, random.NextDouble());
            if (next.Effects.Any(e => e is not CertificateRenewalEffect.Log)) pending = [.. next.Effects.Where(e => e is not CertificateRenewalEffect.Log)];
            keeping = next.Keeping;
        }
    }
}
