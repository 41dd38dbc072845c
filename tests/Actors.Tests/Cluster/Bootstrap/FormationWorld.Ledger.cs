using System.Globalization;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>The part of the world that reads, claims and keeps the ledger.</summary>
internal sealed partial class FormationWorld
{
    private void Read(WorldProcess process)
    {
        if (process.Reading || ClockOf(process) < process.ReadNext) return;
        process.Reading = true;
        var asked = ClockOf(process);
        After(Between(1, 300), () =>
        {
            var (reached, found) = (Reaches(process) && _random.Next(40) != 0, LedgerMark.Of(_ledger));
            WhenAwake(process, reached ? Between(1, 300) : Between(1, 3_000), () =>
            {
                process.Reading = false;
                process.ReadNext = ClockOf(process) + _rules.LedgerInterval;
                process.Handle(reached ? new FormationInput.LedgerRead(found, asked) : new FormationInput.LedgerUnread(), ClockOf(process));
            });
        });
    }

    private void ClaimFor(WorldProcess process, LedgerMark mark, string write)
    {
        process.ClaimedAt = _now;
        After(Between(1, _random.Next(15) == 0 ? 20_000 : 300), () =>
        {
            var reached = Reaches(process);
            var won = reached && TryWrite(mark.Version, LedgerCodec.Encode(new LedgerStamp(process.Name, mark.ClaimNumber + 1, write, process.Name), mark.Record));
            if (won) CheckNobodyLives(process);
            // The answer may get lost, or come after the process has given up.
            bool? known = reached && _random.Next(15) != 0 ? won : null;
            process.ClaimAnswers.TryAdd(write, known);
        });
        WhenAwake(process, TimeSpan.FromMilliseconds(100), () => AwaitClaim(process, write, ClockOf(process) + TimeSpan.FromSeconds(3)));
    }

    private void AwaitClaim(WorldProcess process, string write, TimeSpan until)
    {
        if (process.ClaimAnswers.TryGetValue(write, out var won) && (won is not null || ClockOf(process) >= until)) process.Handle(new FormationInput.ClaimEnded(won), ClockOf(process));
        else if (ClockOf(process) >= until) process.Handle(new FormationInput.ClaimEnded(null), ClockOf(process));
        else WhenAwake(process, TimeSpan.FromMilliseconds(100), () => AwaitClaim(process, write, until));
    }

    private bool TryWrite(ObjectVersion? expected, LedgerContent content)
    {
        if (_ledger?.Version != expected) return false;
        _ledger = new ReadLedger(content, new ObjectVersion("uid", (++_versions).ToString(CultureInfo.InvariantCulture)));
        return true;
    }

    private void CheckNobodyLives(WorldProcess claiming)
    {
        foreach (var leader in Living.Where(process => process.Cluster is not null && Leader(process.Cluster.Value) == process && !process.Leaving))
        {
            // An outage of the API server for all is not a reason to end: the leader goes on.
            var since = leader.WellSince > leader.LeadsSince ? leader.WellSince : leader.LeadsSince;
            var founded = leader.FoundedAt is { } at && leader.WellSince < at && leader.LeadsSince <= at;
            if (founded || _now - since > TimeSpan.FromSeconds(12)) Violations.Add($"at {_now}: {claiming.Name} claims the ledger for a new cluster; {leader.Name} has led well since {since}");
        }
    }

    private void Lead(WorldProcess process)
    {
        if (process.Leaving || Leader(process.Cluster!.Value) != process || ClockOf(process) < process.WriteNext || process.Writing) return;
        process.Writing = true;
        var write = Guid.NewGuid().ToString("N");
        if (process.Ownership is LedgerOwnership.Owned owned) Renew(process, owned, write);
        else Claim(process, write);
    }

    private void Renew(WorldProcess process, LedgerOwnership.Owned owned, string write)
    {
        var stamp = owned.Stamp with { Write = write };
        After(Between(1, 300), () =>
        {
            var reached = Reaches(process);
            var written = reached && TryWrite(owned.Version, LedgerCodec.Encode(stamp, owned.Record));
            var (version, found, answered) = (_ledger?.Version, _ledger, reached && _random.Next(20) != 0);
            WhenAwake(process, Between(1, 300), () =>
            {
                (process.Writing, process.WriteNext) = (false, ClockOf(process) + LedgerWriter.RenewalInterval);
                if (!answered) process.Ownership = owned with { Renewals = owned.Renewals.Add(write) };
                else if (written) process.Ownership = owned with { Stamp = stamp, Version = version!, Renewals = [] };
                else
                {
                    process.Ownership = LedgerWrite.Judge(owned, write, found, DateTimeOffset.UnixEpoch + _now) switch
                    {
                        LedgerWrite.Failed failed => failed.Ownership,
                        LedgerWrite.Stored stored => owned with { Stamp = stamp, Version = stored.Version, Renewals = [] },
                        LedgerWrite.Again again => owned with { Version = again.Version },
                        _ => owned,
                    };
                    if (process.Ownership is LedgerOwnership.Lost) (process.WriteNext, process.Attempt) = (ClockOf(process), null);
                }
            });
        });
    }

    private void Claim(WorldProcess process, string write)
    {
        var attempt = process.Attempt ?? new ClaimAttempt(process.Name, [], false, process.Name);
        After(Between(1, 300), () =>
        {
            var decision = Reaches(process) ? LedgerClaim.Decide(process.Ownership, attempt, _ledger, write, 0.5, process.RelationOf) : null;
            var version = decision switch
            {
                LedgerClaim.Create create when TryWrite(null, LedgerCodec.Encode(create.Stamp, create.Record)) => _ledger!.Version,
                LedgerClaim.Replace replace when TryWrite(replace.Version, LedgerCodec.Encode(replace.Stamp, replace.Record)) => _ledger!.Version,
                _ => null,
            };
            WhenAwake(process, Between(1, 300), () =>
            {
                process.Writing = false;
                var now = DateTimeOffset.UnixEpoch + _now;
                process.WriteNext = ClockOf(process) + TimeSpan.FromMilliseconds(500);
                process.Attempt = attempt;
                switch (decision)
                {
                    case LedgerClaim.Create create when version is not null:
                        process.Ownership = new LedgerOwnership.Owned(create.Record, create.Stamp, version, now, process.Ownership.Disputes);
                        break;
                    case LedgerClaim.Replace replace when version is not null:
                        process.Ownership = new LedgerOwnership.Owned(replace.Record, replace.Stamp, version, now, process.Ownership.Disputes);
                        break;
                    case LedgerClaim.Wait wait:
                        (process.WriteNext, process.Attempt) = (ClockOf(process) + wait.Delay, attempt with { HasWaited = true });
                        break;
                    case LedgerClaim.Observe watch:
                        (process.WriteNext, process.Attempt) = (ClockOf(process) + LedgerWriter.Silence, attempt with { Watched = watch.Write });
                        break;
                    case LedgerClaim.YieldTo:
                        foreach (var member in Members(process.Cluster!.Value)) Leave(member);
                        break;
                }

                if (process.Ownership is LedgerOwnership.Owned) (process.WriteNext, process.Attempt) = (ClockOf(process) + LedgerWriter.RenewalInterval, null);
            });
        });
    }
}
