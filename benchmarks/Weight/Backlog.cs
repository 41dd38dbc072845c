namespace AkkaVault.Benchmarks.Weight;

/// <summary>How fast some pods were served, and by how much processor time.</summary>
/// <param name="Rate">Pods a second, from the first delivery to the last.</param>
/// <param name="CpuMilliseconds">Processor time for each pod, of all processes that served them, in milliseconds. The start is included if they were started for these pods.</param>
internal sealed record Throughput(double Rate, double CpuMilliseconds);

/// <summary>Many pods that wait at once.</summary>
/// <param name="Controllers">How many controllers.</param>
/// <param name="Pods">How many pods.</param>
/// <param name="Seconds">Until the last is served: from the start of the controller, if it is alone; else from the first report that an init container runs.</param>
/// <param name="Served">The controllers.</param>
/// <param name="BareClient">The bare client, in the same run.</param>
/// <param name="Unasked">Pushes that nobody had asked for.</param>
internal sealed record Backlog(int Controllers, int Pods, double Seconds, Throughput Served, Throughput BareClient, int Unasked)
{
    /// <summary>The controllers' rate, as a share of the bare client's.</summary>
    public double Ratio => Math.Round(Served.Rate / BareClient.Rate, 2);
}
