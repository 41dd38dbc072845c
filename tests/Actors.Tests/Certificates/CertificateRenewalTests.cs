using AkkaVault.Controller.Certificates;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Certificates;

/// <summary>The renewal of certificates and CA bundles in virtual time.</summary>
public class CertificateRenewalTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_loaded_at_once_and_again_when_that_is_due_and_only_changes_are_logged()
    {
        var loading = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0);
        Assert.Equal([new CertificateRenewalEffect.Load(1)], loading.Effects);
        var first = loading.State.Handle(new CertificateRenewalInput.Loaded(1, true, "a", Start.AddHours(12)), Start, 0);
        Assert.Equal([new CertificateRenewalEffect.Log(true, "a"), new CertificateRenewalEffect.ScheduleLoad(2, TimeSpan.FromHours(12))], first.Effects);
        var again = first.State.Handle(new CertificateRenewalInput.LoadDue(2), Start.AddHours(12), 0);
        Assert.Equal([new CertificateRenewalEffect.Load(3)], again.Effects);
        var same = again.State.Handle(new CertificateRenewalInput.Loaded(3, false, "a", Start.AddHours(24)), Start.AddHours(12), 0);
        Assert.Equal([new CertificateRenewalEffect.ScheduleLoad(4, TimeSpan.FromHours(12))], same.Effects);
    }

    [Fact]
    public void A_problem_is_logged_once_and_its_end_too_and_loading_is_tried_again_with_backoff()
    {
        var renewal = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 1).State;
        var delays = new List<TimeSpan>();
        var logged = 0;
        for (var i = 0; i < 12; i++)
        {
            var failed = renewal.Handle(new CertificateRenewalInput.Failed(renewal.Operation, "sealed"), Start, 1);
            logged += failed.Effects.OfType<CertificateRenewalEffect.Log>().Count();
            delays.Add(Assert.Single(failed.Effects.OfType<CertificateRenewalEffect.ScheduleLoad>()).Delay);
            renewal = failed.State.Handle(new CertificateRenewalInput.LoadDue(failed.State.Operation), Start, 1).State;
        }

        Assert.Equal(1, logged);
        Assert.Equal(delays.Order(), delays);
        Assert.Equal((TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30)), (delays[0], delays[^1]));
        var good = renewal.Handle(new CertificateRenewalInput.Loaded(renewal.Operation, false, "back", Start.AddHours(1)), Start, 1);
        Assert.Contains(new CertificateRenewalEffect.Log(true, "back"), good.Effects);
    }

    [Fact]
    public void What_is_out_of_date_when_it_is_loaded_is_loaded_again_after_a_pause()
    {
        var loading = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0).State;
        var loaded = loading.Handle(new CertificateRenewalInput.Loaded(1, true, "old", Start.AddHours(-1)), Start, 0);
        Assert.Equal(CertificateRenewal.Retry.First, Assert.Single(loaded.Effects.OfType<CertificateRenewalEffect.ScheduleLoad>()).Delay);
    }

    [Fact]
    public void A_failure_with_a_retry_after_is_followed_by_that_pause()
    {
        var loading = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0).State;
        var failed = loading.Handle(new CertificateRenewalInput.Failed(1, "over", PkiCertificate.LeastInterval), Start, 0);
        Assert.Equal(PkiCertificate.LeastInterval, Assert.Single(failed.Effects.OfType<CertificateRenewalEffect.ScheduleLoad>()).Delay);
    }

    /// <summary>After any order of inputs, exactly one load or timer is under way.</summary>
    [Property(MaxTest = 500)]
    public void It_never_stops_and_never_does_two_things_at_once(DoNotSize<int> seed, byte steps)
    {
        var random = new Random(seed.Item);
        var started = CertificateRenewal.Initial.Handle(new CertificateRenewalInput.Started(), Start, 0);
        var pending = new List<CertificateRenewalEffect>(started.Effects.Where(e => e is not CertificateRenewalEffect.Log));
        var renewal = started.State;
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
            var next = renewal.Handle(input, Start, random.NextDouble());
            if (next.Effects.Any(e => e is not CertificateRenewalEffect.Log)) pending = [.. next.Effects.Where(e => e is not CertificateRenewalEffect.Log)];
            renewal = next.State;
        }
    }
}
