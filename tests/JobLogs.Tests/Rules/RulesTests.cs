using Google.Protobuf.WellKnownTypes;
using OptimizationGateway.Contracts.V1;
using OptimizationGateway.JobLogs.Rules;

namespace OptimizationGateway.JobLogs.Tests.Rules;

public sealed class RulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // The mark is what the producer did before; -1: nothing. The answer is "made", "repeat", or a refusal with its epoch and sequence.
    [Theory]
    [InlineData(-1, -1, 0, 0, "made")]
    [InlineData(-1, -1, 7, 0, "made")]
    [InlineData(-1, -1, 7, 1, "Gap 7/0")]
    [InlineData(3, 5, 3, 6, "made")]
    [InlineData(3, 5, 3, 5, "repeat")]
    [InlineData(3, 5, 3, 0, "repeat")]
    [InlineData(3, 5, 3, 7, "Gap 3/6")]
    [InlineData(3, 5, 2, 6, "Fenced 3/6")]
    [InlineData(3, 5, 2, 0, "Fenced 3/6")]
    [InlineData(3, 5, 4, 0, "made")]
    [InlineData(3, 5, 4, 6, "RunBeginsLate 3/0")]
    public void A_producer_appends_in_its_sequence_and_is_fenced_by_its_next_run(
        long epoch,
        long sequence,
        long sentEpoch,
        long sent,
        string answer
    )
    {
        var head = Head(3) with { Producer = epoch < 0 ? null : new ProducerMark(epoch, sequence) };
        var append = new JobAppend("a", Score()) { Producer = new JobProducer("p", sentEpoch, sent) };
        Assert.Equal(answer, AnswerTo(head, append));
    }

    [Fact]
    public void A_repeat_is_one_whatever_happened_since_and_all_else_after_the_end_is_refused()
    {
        var head = Head(9) with { Ended = true, Producer = new ProducerMark(0, 4) };
        Assert.Equal("repeat", AnswerTo(head, new JobAppend("a", Score()) { Producer = new JobProducer("p", 0, 3), ExpectedLastId = 2 }));
        Assert.Equal("JobEndedException 9", AnswerTo(head, new JobAppend("a", Score()) { Producer = new JobProducer("p", 0, 5) }));
        Assert.Equal("JobEndedException 9", AnswerTo(head, new JobAppend("a", Score())));
        Assert.Equal("JobEndedException 9", AnswerTo(head, new JobAppend("a")));
    }

    [Fact]
    public void An_expected_id_is_compared_with_the_last_one_and_a_job_that_is_not_there_has_none()
    {
        Assert.Equal("made", AnswerTo(Head(9), new JobAppend("a", Score()) { ExpectedLastId = 9 }));
        Assert.Equal("AppendConflictException 9", AnswerTo(Head(9), new JobAppend("a", Score()) { ExpectedLastId = 8 }));
        Assert.Equal("made", AnswerTo(null, new JobAppend("a", Score()) { ExpectedLastId = 0 }));
        Assert.Equal("AppendConflictException 0", AnswerTo(null, new JobAppend("a", Score()) { ExpectedLastId = 1 }));
    }

    [Fact]
    public void A_producer_is_lost_after_its_lease_comes_back_with_its_next_append_and_is_given_up_in_the_end()
    {
        var started = Head(3) with { Iteration = 2, Lease = new JobLease(Minute, Now, IsLost: false) };
        Assert.Null(Expire(started, Now + Minute));

        var lost = Expire(started, Now + Minute + TimeSpan.FromSeconds(1))!;
        var failed = Assert.Single(lost.Events);
        Assert.Equal(
            ("The producer was not heard of for 60 s.", true, 2),
            (failed.JobFailed.Error, failed.JobFailed.WillRetry, failed.Iteration)
        );
        var away = started with { LastId = 4, Lease = lost.Lease };
        Assert.Null(Expire(away, Now + TimeSpan.FromMinutes(11)));

        var back = AppendRules.Decide(away, new JobAppend("a", Score()), Now + TimeSpan.FromMinutes(9));
        Assert.Equal(
            [JobEvent.PayloadOneofCase.JobResumed, JobEvent.PayloadOneofCase.IterationCompleted],
            back.Events.Select(e => e.PayloadCase)
        );
        Assert.Equal(2, back.Events[0].JobResumed.ResumeFromIteration);
        Assert.Equal(new JobLease(Minute, Now + TimeSpan.FromMinutes(9), IsLost: false), back.Lease);

        var over = Expire(away, Now + TimeSpan.FromMinutes(11) + TimeSpan.FromSeconds(1))!;
        Assert.Equal(
            (false, "The producer was not heard of for 660 s."),
            (over.Events[0].JobFailed.WillRetry, over.Events[0].JobFailed.Error)
        );
        Assert.Null(over.Lease);
    }

    [Fact]
    public void A_sign_of_life_brings_a_lost_producer_back_too_and_so_does_a_repeat()
    {
        var away = Head(4) with { Lease = new JobLease(Minute, Now, IsLost: true), Producer = new ProducerMark(0, 0) };
        Assert.IsType<JobResumed>(Assert.Single(AppendRules.Decide(away, new JobAppend("a"), Now).Events).JobResumed);
        var repeat = AppendRules.Decide(away, new JobAppend("a", Score()) { Producer = new JobProducer("p", 0, 0) }, Now);
        Assert.Equal((true, 1, false), (repeat.IsRepeat, repeat.Events.Count, repeat.Lease!.IsLost));
    }

    [Fact]
    public void Silence_while_nobody_could_listen_is_not_the_producers()
    {
        var head = Head(3) with { Lease = new JobLease(Minute, Now, IsLost: false) };
        var since = Now + TimeSpan.FromHours(5);
        Assert.Null(LeaseRules.Expire(head, since, Minute, since + Minute));
        Assert.NotNull(LeaseRules.Expire(head, since, Minute, since + Minute + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void A_job_that_ends_and_a_job_without_a_lease_are_never_lost()
    {
        var leased = Head(3) with { Lease = new JobLease(Minute, Now, IsLost: false) };
        Assert.Null(AppendRules.Decide(leased, new JobAppend("a", new JobEvent { JobCancelled = new JobCancelled() }), Now).Lease);
        Assert.Equal(
            TimeSpan.FromSeconds(5),
            AppendRules.Decide(leased, new JobAppend("a") { Lease = TimeSpan.FromSeconds(5) }, Now).Lease!.Duration
        );
        Assert.Null(Expire(Head(3), Now + TimeSpan.FromDays(400)));
        Assert.Null(Expire(leased with { Ended = true }, Now + TimeSpan.FromDays(400)));
    }

    [Fact]
    public void A_job_is_described_by_its_events()
    {
        var job = JobFold.Create("a", Now);
        Assert.Equal(JobState.Queued, job.State);
        var events = new (JobEvent Event, JobState State)[]
        {
            (new JobEvent { Custom = new CustomEvent { EventType = "note" } }, JobState.Queued),
            (new JobEvent { JobStarted = Started("minimize") }, JobState.Running),
            (Score(1, 0.5), JobState.Running),
            (new JobEvent { Iteration = 1, JobPaused = new JobPaused() }, JobState.Paused),
            (Score(2, 0.25), JobState.Paused),
            (new JobEvent { Iteration = 2, JobResumed = new JobResumed() }, JobState.Running),
            (Score(3, 0.75), JobState.Running),
            (new JobEvent { JobFailed = new JobFailed { WillRetry = true } }, JobState.Running),
            (Score(4, double.NaN), JobState.Running),
            (
                new JobEvent
                {
                    Stage = "done",
                    JobCompleted = new JobCompleted { ResultPromptId = "best" },
                },
                JobState.Completed
            ),
        };
        foreach (var (next, state) in events)
        {
            next.Id = job.LastEventId + 1;
            job.Add(next);
            Assert.Equal(state, job.State);
        }

        Assert.Equal(("p", "d", 4, 0.25, false), (job.PromptId, job.DatasetId, job.Iteration, job.BestScore, job.HasScore));
        Assert.Equal(("best", "done", 10L), (job.ResultPromptId, job.Stage, job.LastEventId));
        Assert.Equal(Now, job.CreateTime.ToDateTimeOffset());
    }

    [Theory]
    [InlineData("maximize", 0.75)]
    [InlineData("minimize", 0.25)]
    public void The_best_score_is_the_greatest_unless_the_job_minimizes(string direction, double best)
    {
        var job = JobFold.Create("a", Now);
        JobEvent[] events = [new JobEvent { JobStarted = Started(direction) }, Score(1, 0.5), Score(2, 0.25), Score(3, 0.75)];
        Array.ForEach(events, job.Add);
        Assert.Equal(best, job.BestScore);
    }

    private static string AnswerTo(JobHead? head, JobAppend append)
    {
        try
        {
            var decision = AppendRules.Decide(head, append, Now);
            Assert.Equal(decision.IsRepeat ? 0 : append.Events.Count, decision.Events.Count);
            return decision.IsRepeat ? "repeat" : "made";
        }
        catch (ProducerException refusal)
        {
            return $"{refusal.Refusal} {refusal.Epoch}/{refusal.ExpectedSequence}";
        }
        catch (JobEndedException refusal)
        {
            return $"JobEndedException {refusal.LastId}";
        }
        catch (AppendConflictException refusal)
        {
            return $"AppendConflictException {refusal.LastId}";
        }
    }

    private static AppendDecision? Expire(JobHead head, DateTimeOffset now) =>
        LeaseRules.Expire(head, DateTimeOffset.MinValue, TimeSpan.FromMinutes(10), now);

    private static JobHead Head(long lastId) => new(lastId, Ended: false, Lease: null, Producer: null, Iteration: 0);

    private static JobStarted Started(string direction) =>
        new()
        {
            PromptId = "p",
            DatasetId = "d",
            Config = new Struct { Fields = { ["direction"] = Value.ForString(direction) } },
        };

    private static JobEvent Score(int iteration = 1, double score = 0.5) =>
        new()
        {
            Iteration = iteration,
            IterationCompleted = new IterationCompleted { Score = score },
        };
}
