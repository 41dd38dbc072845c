namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>The rooms of the controller use one another only as the table in docs/architecture.md allows, and without cycles.</summary>
public class RoomTests
{
    private static readonly IReadOnlyList<(string Room, IReadOnlyList<string> MayUse)> s_table =
        [.. Page.Read("docs/architecture.md").Rows.Where(row => row.Header[0] == "room").Select(row => (Page.SpansIn(row.Cells[0]).Single(), (IReadOnlyList<string>)[.. Page.SpansIn(row.Cells[2])]))];

    [Fact]
    public void Every_room_is_in_the_table_once_and_nothing_else_is() => Assert.Equal(
        RoomSources.OfController.Rooms.Where(room => room.Length > 0).Order(StringComparer.Ordinal), s_table.Select(row => row.Room).Order(StringComparer.Ordinal));

    [Fact]
    public void A_room_may_use_only_rooms_in_rows_above_it() => Page.None(
        from row in s_table.Index()
        from used in row.Item.MayUse
        where s_table.Take(row.Index).All(above => above.Room != used)
        select $"{row.Item.Room} may use {used}, which is in no row above it");

    [Fact]
    public void A_room_uses_only_rooms_that_the_table_allows() => Page.None(
        from use in RoomSources.OfController.Uses
        where use.Room.Length > 0 && !s_table.Single(row => row.Room == use.Room).MayUse.Contains(use.Used)
        select $"{use.File}: {use.Room} uses {(use.Used.Length == 0 ? "the top" : use.Used)}, which the table does not allow");

    [Theory]
    [InlineData("using AkkaVault.Controller.Ledger;")]
    [InlineData("using static AkkaVault.Controller.Ledger.Books;")]
    [InlineData("using Books = AkkaVault.Controller.Ledger.Books;")]
    [InlineData("class User { AkkaVault.Controller.Ledger.Books.Page _page; }")]
    [InlineData("class User { Ledger.Books _books; }")]
    public void A_using_and_a_qualified_name_are_uses(string code) => Assert.Equal([("user.cs", "Runs", "Ledger")], UsesOf("Runs", code));

    [Theory]
    [InlineData("class User { Books _books; }")]
    [InlineData("class User { void Open() => 1.Opened(); }")]
    public void A_name_of_an_enclosing_room_is_a_use_without_a_using(string code) => Assert.Equal([("user.cs", "Ledger/Storage", "Ledger")], UsesOf("Ledger.Storage", code));

    [Theory]
    [InlineData("// Books\nclass User { string _text = \"Books\"; }")]
    [InlineData("internal class Books; class User { Books _books; }")]
    public void A_word_in_a_comment_or_a_text_and_a_type_of_the_same_name_are_no_uses(string code) => Assert.Empty(UsesOf("Ledger.Storage", code));

    private static IReadOnlyList<(string File, string Room, string Used)> UsesOf(string user, string code) => new RoomSources(
    [
        ("books.cs", "namespace AkkaVault.Controller.Ledger;\npublic static class Books\n{\n    internal static bool Opened(this int page) => true;\n}"),
        ("user.cs", code.StartsWith("using", StringComparison.Ordinal) ? $"{code}\nnamespace AkkaVault.Controller.{user};" : $"namespace AkkaVault.Controller.{user};\n{code}"),
    ]).Uses;
}
