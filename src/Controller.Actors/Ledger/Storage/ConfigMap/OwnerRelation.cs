namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>How the owner of the ledger is related to a process in a cluster.</summary>
internal enum OwnerRelation
{
    /// <summary>Itself, or a member of its cluster.</summary>
    Member,

    /// <summary>A former member of its cluster.</summary>
    FormerMember,

    /// <summary>Never a member of its cluster.</summary>
    OtherCluster,
}

/// <summary>The cluster of the process that writes the ledger.</summary>
internal interface ILedgerCluster
{
    /// <summary>This process as a member, by address and incarnation.</summary>
    string Node { get; }

    /// <summary>Whether this process leads: then it writes the ledger regularly, to show that its cluster lives.</summary>
    bool Leads { get; }

    /// <summary>How another process, as the ledger names it, is related to this one.</summary>
    OwnerRelation RelationOf(string node);

    /// <summary>Another cluster owns the ledger, and is alive.</summary>
    /// <param name="node">Its owner.</param>
    void YieldTo(string node);
}
