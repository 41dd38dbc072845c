using AkkaVault.Cli.Explaining;
using AkkaVault.Contracts;

namespace AkkaVault.Actors.Tests.Cli;

/// <summary>Of sidecars: why one was started again, and when it gets another secret.</summary>
public sealed partial class PodExplanationTests
{
    [Theory]
    [InlineData(3, "token was lost")]
    [InlineData(4, "no other one came in time")]
    public void Why_a_sidecar_was_started_again(int code, string expected)
    {
        var ended = Facts(Pod(state: Ended(code), restartPolicy: "Always"));
        Finds(ended, 1, "container-failed");
        Assert.StartsWith($"The sidecar install has ended with {code}", PodExplanation.Of(ended)[0].Sentence, StringComparison.Ordinal);
        Finds(Facts(Pod(state: Waits("CrashLoopBackOff", "back-off 10s"), last: Ended(code), restartPolicy: "Always")), 1, "container-not-running", "container-failed");

        var runsAgain = Facts(Pod(last: Ended(code), restartPolicy: "Always"), History(Run("ended", outcome: "delivered")));
        Finds(runsAgain, 0, "delivered", "sidecar-restarted");
        Assert.All([ended, runsAgain], facts => Assert.Contains(expected, PodExplanation.Of(facts)[^1].WhatToDo, StringComparison.Ordinal));
        // That it was started again says nothing of now.
        Finds(Facts(Pod(last: Ended(code)), new Queried<PodDocument>.Failed("refused"), cluster: new Queried<MembersDocument>.Failed("refused")), 3, "controllers-unasked", "sidecar-restarted");
    }

    [Fact]
    public void A_sidecar_that_has_ended_with_0_has_no_secret_by_that()
    {
        var facts = Facts(Pod(state: Ended(0), restartPolicy: "Always"));
        Finds(facts, 0, "container-not-running");
        Assert.Contains("asked to stop", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sidecar_that_is_served_and_when_it_gets_another_secret()
    {
        var served = Run("ended", outcome: "delivered", ended: At) with { NextDeliveryAt = At.UtcDateTime.AddHours(16) };
        var facts = Facts(Pod(restartPolicy: "Always"), History(served));
        Finds(facts, 0, "delivered");
        Assert.Contains("the sidecar is to get another one at 2026-11-24 17:02:03Z", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);

        Assert.Contains("it renews its token", PodExplanation.Of(Facts(Pod(restartPolicy: "Always"), History(served with { NextDeliveryAt = null })))[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("about to end", PodExplanation.Of(Facts(Pod(), History(served with { NextDeliveryAt = null })))[0].Sentence, StringComparison.Ordinal);
        // Only the ledger knows it.
        Assert.DoesNotContain("attempt", PodExplanation.Of(Facts(Pod(restartPolicy: "Always"), History(served with { Attempts = 0, EndedAt = null })))[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sidecar_whose_next_secret_is_overdue_and_why()
    {
        var due = At.UtcDateTime.AddHours(16);
        Finds(Facts(Pod(), History(Run("ended", outcome: "delivered") with { NextDeliveryAt = due, IsOverdue = true })), 1, "redelivery-overdue");
        var failing = Facts(Pod(), History(Run("waiting", "404: no such role", code: "vault-404") with { IsRedelivery = true, SeenAt = due, IsOverdue = true }));
        Finds(failing, 1, "role-missing");
        Assert.Contains("404: no such role (attempt 3; the sidecar has a secret, and is to get another one).", PodExplanation.Of(failing)[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("Create the role", PodExplanation.Of(failing)[0].WhatToDo, StringComparison.Ordinal);
        Assert.Contains("ends with 4", PodExplanation.Of(failing)[0].WhatToDo, StringComparison.Ordinal);
        Assert.Contains("the sidecar has a secret", PodExplanation.Of(Facts(Pod(), History(Run() with { IsRedelivery = true })))[0].Sentence, StringComparison.Ordinal);
    }
}
