// Most of the time these tests wait, for processes and for timers.
[assembly: Xunit.v3.Parallelization(MaxThreads = 6)]
