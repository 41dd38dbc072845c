using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Push;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>
/// The tokens that this run has been served with, and whether it takes another push. It writes all files, those of one push at a time, so
/// that a file of an earlier token cannot replace one of a later token. Safe to use from any thread.
/// </summary>
/// <param name="folder">The folder of the files.</param>
internal sealed class ServedRun(CredentialFolder folder)
{
    private readonly Lock _writing = new();
    private readonly TaskCompletionSource<ServedToken?> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ServedToken> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ServedToken? _current;
    private volatile bool _isClosed;

    /// <summary>Completes when the files are written for the first time. Its result is the token; null where the settings ask for none.</summary>
    public Task<ServedToken?> First => _first.Task;

    /// <summary>The token in the file; null: none yet, or the settings ask for none.</summary>
    public ServedToken? Current => _current;

    /// <summary>Whether a push is taken: it is the first one, or the redelivery is due.</summary>
    public bool TakesPush => !_isClosed && (!First.IsCompleted || _current?.Next?.Takes(MonotonicClock.Now) == true);

    /// <summary>The body of the answer to a push: when the next one is wanted; null: no other one is wanted.</summary>
    public PushAnswer? Answer => _current?.Next is { } next ? new PushAnswer(next.SecondsLeft(MonotonicClock.Now)) : null;

    /// <summary>Completes with the token that replaces this one.</summary>
    public Task<ServedToken> After(ServedToken served)
    {
        lock (_writing) return _current is { } current && current != served ? Task.FromResult(current) : _next.Task;
    }

    /// <summary>Writes the files of a push, unless another one was taken meanwhile.</summary>
    /// <param name="push">The push.</param>
    /// <param name="name">The credential's file.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="served">The token in it, in the mode of a sidecar; else null.</param>
    /// <param name="putSecrets">Writes the files of <c>VAULT_SECRETS</c>; null: they are not written with this push.</param>
    /// <returns>Whether they are written.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public bool TryPut(SecretPush push, string name, byte[] content, ServedToken? served, Action? putSecrets = null)
    {
        lock (_writing)
        {
            if (!TakesPush) return false;
            // The credential is written last: when it is there, all files are.
            if (push.VaultCAs is { Length: > 0 } bundle) folder.Put(CredentialFileNames.CaBundle, bundle);
            putSecrets?.Invoke();
            folder.Put(name, content);
            _current = served;
            if (_first.TrySetResult(served) || served is null) return true;
            var waited = _next;
            _next = new TaskCompletionSource<ServedToken>(TaskCreationOptions.RunContinuationsAsynchronously);
            waited.SetResult(served);
            return true;
        }
    }

    /// <summary>Writes the token file again, if its token is still this one.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void Rewrite(ServedToken served, byte[] content)
    {
        lock (_writing)
        {
            if (_current == served) folder.Put(CredentialFileNames.VaultToken, content);
        }
    }

    /// <summary>Removes the token file. No push is taken from here on.</summary>
    /// <exception cref="IOException">It could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void Withdraw()
    {
        lock (_writing)
        {
            _isClosed = true;
            folder.Remove(CredentialFileNames.VaultToken);
        }
    }
}
