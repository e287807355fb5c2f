// Most of the time these tests wait, for jobs and for timers.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
