using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>Parses numbers in a query, and rejects what is not a number as a real API server does.</summary>
internal static class QueryNumber
{
    /// <summary>A number; null: the query does not have it.</summary>
    /// <exception cref="ApiRefusal">400: the value is not a number.</exception>
    public static long? Of(IQueryCollection query, string name) => query[name].ToString() is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiRefusal.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");

    /// <summary>The <c>resourceVersion</c>; null: the query does not have it, or it is 0, which means any version.</summary>
    /// <exception cref="ApiRefusal">500: the value is not a number.</exception>
    public static long? Version(IQueryCollection query)
    {
        var text = query["resourceVersion"].ToString();
        if (text.Length == 0 || text == "0") return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (long)Math.Min(version, long.MaxValue)
            : throw new ApiRefusal(500, null, $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }
}
