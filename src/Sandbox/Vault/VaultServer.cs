using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A simulated Vault as a program of its own: initialized, unsealed, and empty, like <c>vault server -dev</c>.</summary>
internal static class VaultServer
{
    /// <summary>The variable with the root token, as for Vault's own dev server. Without the variable the token is random.</summary>
    private const string RootTokenVariable = "VAULT_DEV_ROOT_TOKEN_ID";

    /// <summary>Serves until the program is interrupted.</summary>
    /// <param name="listen">The end point to listen on.</param>
    /// <param name="certificateFile">The certificate in PEM, and those of its issuers; null: plain HTTP.</param>
    /// <param name="keyFile">The certificate's key in PEM; null: plain HTTP.</param>
    /// <param name="cancellation">Interrupts the program.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IPEndPoint listen, string? certificateFile, string? keyFile, CancellationToken cancellation)
    {
        // The program may run for long, and nobody reads its audit log.
        var options = new SimulatedVaultOptions { EndPoint = listen, RootToken = Environment.GetEnvironmentVariable(RootTokenVariable), AuditCapacity = 1 };
        if (certificateFile is not null && keyFile is not null)
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            chain.RemoveAt(0);
            options = options with { Certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile), CertificateChain = chain };
        }

        await using var vault = await SimulatedVault.StartAsync(options, cancellation).ConfigureAwait(false);
        Console.WriteLine($"simulated Vault {vault.Address}");
        if (options.RootToken is null) Console.WriteLine($"root token {vault.RootToken}");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("stopped");
        }

        return 0;
    }
}
