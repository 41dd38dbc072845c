using System.Globalization;
using System.Net;
using AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Cluster.Bootstrap;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>
/// Random worlds of real nodes in this process: any order of starts, a slow node, lookups that fail at
/// first, a ledger that does not answer, nodes that are killed and come back, some of them at new addresses.
/// <c>AKKAVAULT_WORLDS</c> sets the number of worlds. One takes about 20 s, and four run at a time.
/// </summary>
public class ClusterNodesWorldTests
{
    private static readonly int s_worlds = int.Parse(Environment.GetEnvironmentVariable("AKKAVAULT_WORLDS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task In_the_end_there_is_one_cluster_and_never_two_that_can_store()
    {
        var seeds = new ParallelOptions { MaxDegreeOfParallelism = 4 };
        await Parallel.ForEachAsync(Enumerable.Range(1, s_worlds), seeds, async (seed, _) => await new World(seed).LiveAsync());
    }

    private sealed class World(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Neighbourhood _all = new();
        private readonly FakeLedgerObject _ledger = new();
        private readonly FastTime _clock = new(3);
        private readonly List<ClusterNode> _nodes = [];
        private readonly Dictionary<int, DateTime> _hidden = [];
        private DateTime _ledgerAwayUntil;
        private DateTime _lookupsFailUntil;
        private int _addresses = 3;

        public async Task LiveAsync()
        {
            try
            {
                if (_random.Next(2) == 0) _lookupsFailUntil = DateTime.UtcNow.AddSeconds(_random.Next(4));
                if (_random.Next(2) == 0) _ledgerAwayUntil = DateTime.UtcNow.AddSeconds(_random.Next(7));
                foreach (var address in Enumerable.Range(1, 3).OrderBy(_ => _random.Next()))
                {
                    await StartAsync(address);
                    await PassAsync(_random.Next(3) * _random.Next(1500));
                }

                for (var trouble = _random.Next(4); trouble > 0; trouble--) await TroubleAsync();
                (_ledgerAwayUntil, _lookupsFailUntil) = (default, default);
                for (var until = DateTime.UtcNow.AddMinutes(3); !IsOne; await PassAsync(100))
                {
                    Assert.True(DateTime.UtcNow < until, $"world {seed}: {string.Join("; ", _nodes.Select(node => $"{node.Address}: {string.Join(", ", node.Up)}"))}");
                    foreach (var ended in _nodes.Where(node => node.Ended).ToList()) await AgainAsync(ended, moves: false);
                }
            }
            finally
            {
                await Task.WhenAll(_nodes.ToList().Select(node => node.KillAsync()));
            }
        }

        private bool IsOne => _nodes.All(node => node.Up.SequenceEqual(_nodes.Select(each => $"{each.Address}").Order(StringComparer.Ordinal))) && _nodes.Count(node => node.Stores) == 1;

        private async Task TroubleAsync()
        {
            switch (_random.Next(4))
            {
                case 0:
                    _ledgerAwayUntil = DateTime.UtcNow.AddSeconds(_random.Next(7));
                    break;
                case 1:
                    foreach (var each in _nodes.ToList()) await AgainAsync(each, moves: _random.Next(3) == 0);
                    break;
                default:
                    await AgainAsync(_nodes[_random.Next(_nodes.Count)], moves: _random.Next(2) == 0);
                    break;
            }

            await PassAsync(_random.Next(4000));
        }

        private async Task AgainAsync(ClusterNode node, bool moves)
        {
            await node.KillAsync();
            _nodes.Remove(node);
            var address = moves ? ++_addresses : node.Address.GetAddressBytes()[3];
            await PassAsync(_random.Next(1000));
            await StartAsync(address);
        }

        private async Task StartAsync(int address)
        {
            if (_random.Next(3) == 0) _hidden[address] = DateTime.UtcNow.AddMilliseconds(_random.Next(2000));
            var node = await ClusterNode.OursAsync(Ip(address), new FormationRules(3, 2), _all, _ledger, _clock, () => DateTime.UtcNow < _ledgerAwayUntil ? Mishap.Unreachable : Mishap.None);
            _nodes.Add(node);
            await PassAsync(0);
        }

        private async Task PassAsync(int milliseconds)
        {
            var until = DateTime.UtcNow.AddMilliseconds(milliseconds);
            do
            {
                foreach (var node in _nodes)
                {
                    _all.Show(node.Address, DateTime.UtcNow < _lookupsFailUntil ? null
                        : [.. _nodes.Where(other => DateTime.UtcNow >= _hidden.GetValueOrDefault(other.Address.GetAddressBytes()[3])).Select(other => other.Point)]);
                }

                // Each live member is in the cluster whose leader wrote the ledger, unless that leader has not written yet.
                var apart = _nodes.Where(node => node.Stores && !node.Ended).ToList();
                if (apart.Count > 1) apart.RemoveAll(node => _ledger.Stored?.Stamp.Node != node.MemberName);
                Assert.True(apart.Count <= 1, $"world {seed}: {string.Join(" | ", apart.Select(node => string.Join(", ", node.Up)))}");
                await Task.Delay(20);
            }
            while (DateTime.UtcNow < until);
        }

        private IPAddress Ip(int address) => IPAddress.Parse($"127.89.{seed % 250}.{address}");
    }
}
