using System.Diagnostics;
using System.Text;
using AkkaVault.InitContainer.Secrets;

namespace AkkaVault.Actors.Tests.InitContainer;

public sealed class SecretFolderTests : IDisposable
{
    private const UnixFileMode Mode0444 = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _path = Directory.CreateTempSubdirectory("akkavault-folder-").FullName;

    private SecretFolder Folder => new(_path);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void Files_are_links_into_the_one_folder_that_is_in_use_and_readable_for_everybody()
    {
        Write(("user", "u1"), ("tls/a/key", "k1"));
        Write(("user", "u2"), ("tls/a/key", "k2"));
        Assert.Equal(("u2", "k2"), (Read("user"), Read("tls/a/key")));
        Assert.Equal(("..data/user", "..data/tls"), (new FileInfo(At("user")).LinkTarget, new FileInfo(At("tls")).LinkTarget));
        Assert.Equal(Mode0444, File.GetUnixFileMode(At("user")));
        Assert.Equal(Mode0444, File.GetUnixFileMode(At("tls/a/key")));
        Assert.True(File.GetUnixFileMode(At("tls/a")).HasFlag(UnixFileMode.OtherExecute | UnixFileMode.OtherRead));
        Assert.Equal(4, Directory.EnumerateFileSystemEntries(_path).Count());
        Assert.Null(Folder.FindMissing(SecretLines.Parse("user = p\ntls/a/key = p", [])));
        Assert.Equal(At("other"), Folder.FindMissing(SecretLines.Parse("user = p\nother = p", [])));
    }

    [Fact]
    public void What_a_run_before_left_behind_is_replaced_or_removed()
    {
        Directory.CreateDirectory(At("..2020_01_01_00_00_00.aa/x"));
        Directory.CreateSymbolicLink(At("..data"), "..2020_01_01_00_00_00.aa");
        File.WriteAllText(At("user"), "plain");
        File.WriteAllText(At("vault-token"), "token");
        Directory.CreateDirectory(At("others"));
        Write(("user", "u"));
        Assert.Equal(("u", "token"), (Read("user"), Read("vault-token")));
        Assert.Equal(["..2", "..d", "oth", "use", "vau"], Directory.EnumerateFileSystemEntries(_path).Select(entry => Path.GetFileName(entry)[..3]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_write_that_fails_leaves_everything_as_it_was()
    {
        Write(("user", "u1"));
        Assert.Throws<IOException>(() => Folder.Write(new Dictionary<string, byte[]> { ["user"] = "u2"u8.ToArray(), ["a"] = [], ["a/b"] = [] }));
        Assert.Equal("u1", Read("user"));
        Assert.Equal(3, Directory.EnumerateFileSystemEntries(_path).Count());
    }

    [Fact]
    public async Task Whoever_reads_in_one_folder_never_sees_the_user_of_one_with_the_password_of_another()
    {
        Write(("user", "0"), ("password", "0"), ("both.json", "0 0"));
        using var end = new CancellationTokenSource();
        var seen = new[] { new HashSet<string>(), new HashSet<string>() };
        var readers = seen.Select(mine => Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    // One file is whole through its link.
                    var both = Read("both.json").Split(' ');
                    Assert.Equal(both[0], both[1]);
                    var folder = At(new FileInfo(At("..data")).LinkTarget!);
                    Assert.Equal(File.ReadAllText(Path.Combine(folder, "user")), File.ReadAllText(Path.Combine(folder, "password")));
                    lock (mine) mine.Add(both[0]);
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    // It was replaced meanwhile.
                }
            }
        })).ToList();
        var (version, deadline) = (0, Stopwatch.StartNew());
        while (readers.TrueForAll(reader => !reader.IsCompleted) && (version < 300 || !seen.All(HasManyVersions)))
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromMinutes(1), "each reader sees many versions within a minute");
            version++;
            Write(("user", $"{version}"), ("password", $"{version}"), ("both.json", $"{version} {version}"));
        }

        await end.CancelAsync();
        await Task.WhenAll(readers);
    }

    private static bool HasManyVersions(HashSet<string> seen)
    {
        lock (seen) return seen.Count > 10;
    }

    private void Write(params (string Name, string Content)[] files)
    {
        Folder.Write(files.ToDictionary(file => file.Name, file => Encoding.UTF8.GetBytes(file.Content)));
        Folder.RemoveOld();
    }

    private string At(string name) => Path.Combine(_path, name);

    private string Read(string name) => File.ReadAllText(At(name));
}
