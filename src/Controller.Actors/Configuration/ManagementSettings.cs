using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>management</c> section: what people and the other controllers ask this one.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="ReadOnly">Whether nobody can change the cluster through it.</param>
/// <param name="Page">Whether it has the page, and what the page reads.</param>
public sealed record ManagementSettings(IPEndPoint Address, bool ReadOnly, bool Page = true);
