namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>
/// What the current context of some kubeconfig files comes to, by kubectl's rules: of several files the first that has something
/// wins. Each key of what is used (client-go's clientcmd/api/v1) is heeded, means nothing here either, or is refused by name.
/// </summary>
internal sealed class KubeconfigReader
{
    private readonly List<string> _problems = [];
    private readonly List<KubeconfigFile> _files = [];

    private KubeconfigReader()
    {
    }

    private sealed record Found(KubeconfigFile File, YamlSection Section);

    /// <summary>Reads.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="context">The context to use; null: the current one.</param>
    /// <param name="clock">This node's clock.</param>
    /// <exception cref="KubeconfigException">They are not as they must be; the message has all that is wrong, and no value of theirs.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public static ApiAccess Read(IReadOnlyList<string> paths, string? context, TimeProvider clock)
    {
        var reader = new KubeconfigReader();
        reader._files.AddRange(paths.Select(path => KubeconfigFile.Read(path, reader._problems)));
        var access = reader.Read(context, clock);
        return access is not null && reader._problems.Count == 0
            ? access
            : throw new KubeconfigException($"{string.Join(Path.PathSeparator, paths)}: {string.Join("; ", reader._problems.Distinct())}");
    }

    private ApiAccess? Read(string? chosen, TimeProvider clock)
    {
        string?[] currents = [.. _files.Select(file => file.Top.Text("current-context"))];
        var current = chosen ?? currents.FirstOrDefault(name => name is not null);
        if (current is null) _problems.Add("expected a current-context, and contexts, clusters and users with names");
        var by = chosen is null ? "current-context" : "--context";
        var context = current is null ? null : Named("contexts", "context", current, by);
        foreach (var file in _files)
        {
            // Of kubectl's own.
            file.Top.PassOver("preferences", "extensions", "contexts", "clusters", "users");
            file.Top.RefuseOthers();
        }

        if (context is null) return null;
        context.Section.PassOver("extensions");
        var ns = context.Section.Text("namespace");
        var (clusterName, userName) = (context.Section.Text("cluster"), context.Section.Text("user"));
        context.Section.RefuseOthers();
        if (clusterName is null) context.Section.Problem("cluster", "expected the name of a cluster");
        var cluster = clusterName is null ? null : Named("clusters", "cluster", clusterName, by);
        var user = userName is null ? null : Named("users", "user", userName, by);
        if (cluster is null || (user is null && userName is not null)) return null;
        return UserReader.Read(user?.Section, path => user!.File.Resolve(path), Cluster(cluster) with { Namespace = ns }, cluster.Section, clock);
    }

    private Found? Named(string list, string key, string name, string by)
    {
        foreach (var file in _files)
        {
            YamlSection[] entries = [.. file.Top.Items(list).Where(entry => entry.Text("name") == name)];
            if (entries.Length == 0) continue;
            if (entries.Length > 1) file.Top.Problem(list, $"expected one entry with the name of the {key} in use, got several");
            var found = entries[0].Below(key, key) ?? new YamlSection(key, null, _problems);
            entries[0].RefuseOthers();
            return new Found(file, found);
        }

        var isUnnamed = _files.Any(file => file.Top.Items(list).Any(entry => entry.Text("name") is null));
        _problems.Add($"{list}: the {key} that {by} needs is missing{(isUnnamed ? "; an entry has no name" : "")}");
        return null;
    }

    private static ApiAccess Cluster(Found found)
    {
        var cluster = found.Section;
        // Nothing is asked to be compressed; extensions are of other programs.
        cluster.PassOver("extensions");
        cluster.Flag("disable-compression");
        // "localhost:6443" is a URL as well, of the scheme localhost.
        var server = Url(cluster, "server", "an http or https URL", "http", "https");
        if (server is null && cluster.Text("server") is null) cluster.Problem("server", "expected an http or https URL");
        var cas = PemReader.Read(cluster, "certificate-authority", found.File.Resolve);
        PemReader.CheckCertificates(cluster, "certificate-authority", cas);
        var skip = cluster.Flag("insecure-skip-tls-verify");
        if (skip && cas is not null) cluster.Problem("insecure-skip-tls-verify", "expected not to be true where there is a certificate-authority");
        var access = new ApiAccess
        {
            Server = server ?? new Uri("http://invalid"),
            ServerName = cluster.Text("tls-server-name"),
            SkipVerification = skip,
            Cas = cas,
            Proxy = Url(cluster, "proxy-url", "an http, https or socks5 URL", "http", "https", "socks5"),
        };
        if (access.ServerName is { } name && Uri.CheckHostName(name) == UriHostNameType.Unknown) cluster.Problem("tls-server-name", "expected a host name");
        cluster.RefuseOthers();
        return access;
    }

    private static Uri? Url(YamlSection section, string key, string expected, params string[] schemes)
    {
        if (section.Text(key) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0) return url;
        section.Problem(key, $"expected {expected}");
        return null;
    }
}
