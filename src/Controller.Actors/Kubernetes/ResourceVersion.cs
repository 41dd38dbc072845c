using System.Globalization;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>
/// The <c>resourceVersion</c> of lists and objects of one kind. Kubernetes documents them as growing numbers since 1.35
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions), and they were such numbers before, wherever etcd or a replacement counts them.
/// </summary>
internal static class ResourceVersion
{
    /// <summary>Compares two versions: negative, zero or positive, as <see cref="IComparable{T}.CompareTo"/>; null: they cannot be compared.</summary>
    public static int? Compare(string? one, string? other) => Number(one) is { } first && Number(other) is { } second ? first.CompareTo(second) : null;

    private static ulong? Number(string? text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
