namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>What happens to processes: they crash, pause or lose contact, and the cluster downs them.</summary>
internal sealed partial class FormationWorld
{
    private void Trouble()
    {
        var living = Living.ToList();
        if (living.Count == 0) return;
        var process = living[_random.Next(living.Count)];
        switch (_random.Next(_network ? 10 : 8))
        {
            case 0:
                (process.HeldUntil, process.ClockStands) = (_now + Between(100, 40_000), _random.Next(2) == 0);
                break;
            case 1:
                foreach (var each in living) Crash(each, moves: _random.Next(3) == 0);
                break;
            case 2:
                Crash(process, moves: true);
                break;
            case 3:
                _apiAwayUntil = _now + Between(0, 40_000);
                break;
            case 4:
                process.CutOffUntil = _now + Between(0, 40_000);
                break;
            case 5 when _network && _now >= _cutUntil:
                _cutUntil = _now + Between(0, 40_000);
                foreach (var each in living) each.Side = _random.Next(2);
                break;
            case 8 or 9:
                // One process goes on, cut off from the others. The others restart and see only one another.
                _cutUntil = _now + Between(20_000, 60_000);
                process.Side = 0;
                foreach (var each in living.Where(each => each != process))
                {
                    each.Side = 1;
                    Crash(each, moves: _random.Next(2) == 0);
                }

                break;
            default:
                Crash(process, moves: false);
                break;
        }
    }

    private void Crash(WorldProcess process, bool moves)
    {
        process.Alive = false;
        if (moves) process.Withdrawn = true;
        var address = moves ? ++_addresses : process.Address;
        var side = process.Side;
        After(Between(200, 8_000), () => StartAt(address, side));
    }

    // The failure detector and the split-brain resolver: the larger side downs a process that was silent for 5 s, and the smaller side ends.
    private void Down(int cluster)
    {
        var members = Members(cluster).OrderBy(process => process.Address).ToList();
        foreach (var gone in _processes.Where(process => !process.Alive && process.Cluster == cluster && !process.Forgotten).ToList())
        {
            gone.Forgotten = true;
            WhenTime(Between(300, 5_000), () => Removed(cluster, gone));
        }

        var awake = members.Where(process => !IsHeld(process)).ToList();
        if (awake.Count == 0) return;
        var groups = _now < _cutUntil ? awake.GroupBy(process => process.Side).Select(group => group.ToList()).ToList() : [awake];
        var goesOn = groups.OrderByDescending(group => group.Count).ThenBy(group => group[0].Address).First();
        foreach (var process in members)
        {
            if (goesOn.Contains(process)) process.LostSince = _now;
            else if (_now - process.LostSince > TimeSpan.FromSeconds(6) && goesOn.Count * 2 >= members.Count)
            {
                // A paused process ends within a second after it resumes, as soon as it learns of the downing.
                Removed(cluster, process);
                process.Cluster = -process.Uid;
                process.Age = _now;
                WhenAwake(process, Between(0, 1_000), () => Crash(process, moves: false));
            }
        }
    }

    private void Removed(int cluster, WorldProcess gone)
    {
        foreach (var member in Members(cluster)) member.Known[gone.Name] = false;
    }
}
