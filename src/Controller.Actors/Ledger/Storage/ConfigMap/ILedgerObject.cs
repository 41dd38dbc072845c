namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>
/// The one object that stores the ledger. Replacing it needs its current version. Every failure is a
/// <see cref="LedgerObjectException"/>, but for cancellation.
/// </summary>
internal interface ILedgerObject
{
    /// <summary>Its name, for people.</summary>
    string Name { get; }

    /// <summary>Reads it; null: there is none.</summary>
    Task<ReadLedger?> ReadAsync(CancellationToken cancellation);

    /// <summary>Creates it; a <see cref="LedgerObjectFailure.Conflict"/> when it exists.</summary>
    Task<ObjectVersion> CreateAsync(LedgerContent content, CancellationToken cancellation);

    /// <summary>Replaces it if it is still at this version; otherwise a <see cref="LedgerObjectFailure.Conflict"/> or <see cref="LedgerObjectFailure.Missing"/>.</summary>
    Task<ObjectVersion> ReplaceAsync(LedgerContent content, ObjectVersion version, CancellationToken cancellation);
}

/// <summary>One state of one object. Compare-and-swap compares both.</summary>
/// <param name="Uid">Identifies the object; one that is created again has another.</param>
/// <param name="ResourceVersion">Its state.</param>
internal sealed record ObjectVersion(string Uid, string ResourceVersion);

/// <summary>What was read.</summary>
/// <param name="Content">What is in it.</param>
/// <param name="Version">At which version.</param>
internal sealed record ReadLedger(LedgerContent Content, ObjectVersion Version);

/// <summary>The content of the object: texts for people, and parts for this program.</summary>
/// <param name="Texts">A ConfigMap's <c>data</c>.</param>
/// <param name="Parts">A ConfigMap's <c>binaryData</c>.</param>
internal sealed record LedgerContent(IReadOnlyDictionary<string, string> Texts, IReadOnlyDictionary<string, byte[]> Parts)
{
    /// <summary>Bytes of all values, as the API server counts them against a ConfigMap's limit.</summary>
    public int Size => Texts.Values.Sum(text => text.Length) + Parts.Values.Sum(part => part.Length);
}
