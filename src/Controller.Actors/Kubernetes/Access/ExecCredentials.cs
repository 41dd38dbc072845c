using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>What a command said (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/). A secret.</summary>
internal sealed class ExecCredentials
{
    /// <summary>The kind of what it reads and writes.</summary>
    public const string Kind = "ExecCredential";

    private ExecCredentials(ExecCredentialStatus status) => (Token, Certificate, Key, Ends) = (status.Token, status.ClientCertificateData, status.ClientKeyData, status.ExpirationTimestamp);

    /// <summary>A bearer token; null: none.</summary>
    public string? Token { get; }

    /// <summary>A client's certificate in PEM; null: none.</summary>
    public string? Certificate { get; }

    /// <summary>Its key.</summary>
    public string? Key { get; }

    /// <summary>From when on the command is asked again; null: when the API server refuses them.</summary>
    public DateTimeOffset? Ends { get; }

    /// <summary>Reads what a command wrote.</summary>
    /// <param name="json">Its output.</param>
    /// <param name="version">The version that it was asked for.</param>
    /// <exception cref="FormatException">It is not what it must be; the message quotes nothing.</exception>
    public static ExecCredentials Parse(string json, string version)
    {
        ExecCredentialDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(json, ExecJson.Default.ExecCredentialDocument);
        }
        catch (JsonException)
        {
            // Without the cause: that has words of it.
            throw new FormatException("did not write an ExecCredential as JSON");
        }

        if (document?.ApiVersion != version || document.Kind != Kind) throw new FormatException($"wrote no {Kind} of {version}");
        return document.Status switch
        {
            null or { Token: null or "", ClientCertificateData: null or "", ClientKeyData: null or "" } => throw new FormatException("wrote an ExecCredential without status.token and without a client certificate"),
            { ClientCertificateData: not (null or ""), ClientKeyData: null or "" } or { ClientCertificateData: null or "", ClientKeyData: not (null or "") } =>
                throw new FormatException("wrote an ExecCredential with one of status.clientCertificateData and status.clientKeyData, expected both or none"),
            { } status => new ExecCredentials(status),
        };
    }
}

internal sealed class ExecCredentialDocument
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecCredentialStatus? Status { get; init; }
}

internal sealed class ExecCredentialStatus
{
    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    public DateTimeOffset? ExpirationTimestamp { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExecCredentialDocument))]
internal sealed partial class ExecJson : JsonSerializerContext;
