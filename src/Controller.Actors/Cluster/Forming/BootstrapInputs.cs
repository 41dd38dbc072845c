using System.Collections.Immutable;

namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>What the bootstrap is told.</summary>
public abstract record BootstrapInput
{
    private BootstrapInput()
    {
    }

    /// <summary>These contact points exist.</summary>
    /// <param name="Points">All of them.</param>
    /// <param name="Asked">When this was asked for.</param>
    public sealed record Discovered(ImmutableSortedSet<ContactPoint> Points, DateTimeOffset Asked) : BootstrapInput;

    /// <summary>A contact point answered.</summary>
    /// <param name="Point">Which.</param>
    /// <param name="Asked">When it was asked: what it knew may be as old as that.</param>
    /// <param name="Answer">What it said.</param>
    public sealed record Answered(ContactPoint Point, DateTimeOffset Asked, ContactPointAnswer Answer) : BootstrapInput;

    /// <summary>A contact point did not answer, or not in time.</summary>
    /// <param name="Point">Which.</param>
    /// <param name="Asked">When it was asked.</param>
    public sealed record Silent(ContactPoint Point, DateTimeOffset Asked) : BootstrapInput;

    /// <summary>This node is a member of a cluster.</summary>
    public sealed record BecameMember : BootstrapInput;

    /// <summary>Time has passed.</summary>
    public sealed record Tick : BootstrapInput;
}

/// <summary>What a contact point says of itself.</summary>
/// <param name="Busy">It is about to form or to join a cluster.</param>
/// <param name="Seeds">The addresses of reachable members of its cluster; empty when it is in none.</param>
public sealed record ContactPointAnswer(bool Busy, ImmutableSortedSet<string> Seeds)
{
    /// <summary>In no cluster and looking around.</summary>
    public static readonly ContactPointAnswer Alone = new(false, ImmutableSortedSet.Create<string>(StringComparer.Ordinal));
}

/// <summary>What the bootstrap wants done.</summary>
public abstract record BootstrapEffect
{
    private BootstrapEffect()
    {
    }

    /// <summary>Join the cluster of these members.</summary>
    /// <param name="Seeds">Their addresses.</param>
    public sealed record Join(ImmutableSortedSet<string> Seeds) : BootstrapEffect;

    /// <summary>Form a new cluster.</summary>
    public sealed record Form : BootstrapEffect;

    /// <summary>Tell a person.</summary>
    /// <param name="Message">What.</param>
    public sealed record Say(string Message) : BootstrapEffect;
}

/// <summary>What an input leads to.</summary>
/// <param name="Bootstrap">The bootstrap from now on.</param>
/// <param name="Effects">What is to be done, in order.</param>
public sealed record BootstrapStep(Bootstrap Bootstrap, ImmutableList<BootstrapEffect> Effects);
