// Most of the time these tests wait, for timers, programs and proxies, also those of one class: as many at a time as keep two cores busy.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 6)]
