using OptimizationGateway.Faults;
using OptimizationGateway.Faults.Checker;
using OptimizationGateway.Faults.Logs.Rolling;
using OptimizationGateway.Faults.Logs.Run;
using OptimizationGateway.Faults.Programs;
using OptimizationGateway.Faults.Rolling;

switch (args)
{
    // The programs under test, in processes of their own.
    case [ProgramKind.Gateway or ProgramKind.Stub or ProgramKind.LogServer, ..]:
        await HostedProgram.RunAsync(args[0], args[1..]);
        return 0;

    case ["fleet", .. var words]:
        if (FleetOptions.Parse(words) is not { } fleet)
        {
            Console.Write(FleetOptions.Help);
            return 2;
        }

        var fleetFolder = new RunFolder(Path.Combine(RunFolder.Artifacts, "fleet"));
        fleetFolder.Clear();
        return FleetReport.Print(await FleetRun.RunAsync(fleet, fleetFolder));

    case ["log-fleet", .. var words]:
        if (LogFleetFacts.ParseViewers(words) is not { } viewers)
        {
            Console.Write(LogFleetFacts.Help);
            return 2;
        }

        var logFleetFolder = new RunFolder(Path.Combine(RunFolder.Artifacts, "log-fleet"));
        logFleetFolder.Clear();
        return (await LogFleetRun.RunAsync(viewers, logFleetFolder)).Print();

    case ["logs", .. var words]:
        if (LogChaosOptions.Parse(words) is not { } logs)
        {
            Console.Write(LogChaosOptions.Help);
            return 2;
        }

        return await LogChaos.RunAsync(logs);

    case ["--check", var folder]:
        return Report.Print(new RunFolder(folder), HistoryChecker.Check(new RunFolder(folder)));

    default:
        if (ChaosOptions.Parse(args) is not { } options)
        {
            Console.Write(ChaosOptions.Help);
            return 2;
        }

        Console.WriteLine($"chaos: seed {options.Seed}, {options.Duration.TotalSeconds:0} s of faults");
        var run = new RunFolder(Path.Combine(RunFolder.Artifacts, $"chaos-{options.Seed}"));
        run.Clear();
        try
        {
            await ChaosRun.RunAsync(options, run);
        }
        catch (Exception error)
        {
            // What failed comes last as well: a long log is read from its end.
            Console.Error.WriteLine($"{error}\nchaos: the run failed, seed {options.Seed}: {error.GetType()}: {error.Message}");
            return 1;
        }

        var exitCode = Report.Print(run, HistoryChecker.Check(run));
        if (exitCode == 0 && !options.Keep)
        {
            run.Delete();
        }

        return exitCode;
}
