using System.Globalization;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>
/// The <c>resourceVersion</c> of lists and objects of one kind. They are said to be numbers that only grow since Kubernetes 1.35
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions), and always were where etcd, or what stands in for it, counts.
/// </summary>
public static class ResourceVersion
{
    /// <summary>Which is newer: negative, zero or positive, as <see cref="IComparable{T}.CompareTo"/>; null: that cannot be said.</summary>
    public static int? Compare(string? one, string? other) => Number(one) is { } first && Number(other) is { } second ? first.CompareTo(second) : null;

    private static ulong? Number(string? text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
