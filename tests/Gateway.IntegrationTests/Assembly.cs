// Most of the time these tests wait, for timers, programs and proxies: two at a time leave two cores idle.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
