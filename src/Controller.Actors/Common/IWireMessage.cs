namespace AkkaVault.Controller.Common;

/// <summary>A type that may cross nodes or be stored. The wire serializer has a manifest for each.</summary>
internal interface IWireMessage;
