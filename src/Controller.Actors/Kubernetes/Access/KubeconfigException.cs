namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>There is no kubeconfig and no service account, or it is not as it must be.</summary>
/// <param name="message">Names the file and all that is wrong, and quotes no value of it.</param>
internal sealed class KubeconfigException(string message) : Exception(message);
