using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>management</c> section: the port for operators and for the other controllers.</summary>
/// <param name="Address">The address on which the controller listens.</param>
/// <param name="ReadOnly">Whether the port refuses every request that would change the cluster.</param>
/// <param name="Page">Whether the port serves the page, and <c>/status</c> and <c>/events</c>, which the page reads.</param>
internal sealed record ManagementSettings(IPEndPoint Address, bool ReadOnly, bool Page = true);
