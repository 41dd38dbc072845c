using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>Numbers in a query, and how a real API server refuses what is none.</summary>
internal static class QueryNumber
{
    /// <summary>A number; null: it is not there.</summary>
    /// <exception cref="ApiRefusal">400: it is none.</exception>
    public static long? Of(IQueryCollection query, string name) => query[name].ToString() is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiRefusal.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");

    /// <summary>The <c>resourceVersion</c>; null: it is not there, or 0, which is any.</summary>
    /// <exception cref="ApiRefusal">500: it is none.</exception>
    public static long? Version(IQueryCollection query)
    {
        var text = query["resourceVersion"].ToString();
        if (text.Length == 0 || text == "0") return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (long)Math.Min(version, long.MaxValue)
            : throw new ApiRefusal(500, null, $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }
}
