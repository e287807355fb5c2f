// Most of the time these tests wait, for processes and for timers.
[assembly: Parallelization(MaxThreads = 6)]
