using Xunit.v3;

// Twice the two cores of CI: these tests wait for sockets, processes and clocks most of the time.
[assembly: Parallelization(MaxThreads = 4)]
