// Most of the time these tests wait, for jobs and for timers, also those of one class.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 6)]
