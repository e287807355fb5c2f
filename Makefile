# Thin on purpose: every target is the command you could type yourself. `make` lists them.

BUF := node_modules/.bin/buf
BIOME := node_modules/.bin/biome

.DEFAULT_GOAL := help
.PHONY: help deps run build test chaos log-chaos fleet log-fleet proxies memory feeds bench oom fuzz audit check release-check fmt clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install what build and tests need (.NET 10 and Node 20 must be there)
	@scripts/deps.sh

run: ## Run the gateway and a demo backend in one process, with the settings in ARGS
	@scripts/run.sh $(ARGS)

build: ## Compile everything
	dotnet build OptimizationGateway.sln

test: deps ## Build once, run every test; the last line sums them up
	@scripts/test.sh

DURATION ?= 600
chaos: ## Kill, cut and stall for DURATION seconds, from SEED, while clients watch; the last line sums it up
	dotnet run --project tests/Faults -- --duration $(DURATION) $(if $(SEED),--seed $(SEED))

log-chaos: ## Kill, cut and promote PostgreSQL, log servers and producers for DURATION seconds, from SEED; BUG=NoRowLock puts a mistake in
	dotnet run --project tests/Faults -- logs --duration $(DURATION) $(if $(SEED),--seed $(SEED)) \
	    $(if $(BATCH),--batch $(BATCH)) $(if $(BUG),--bug $(BUG))

CLIENTS ?= 3000
fleet: ## Restart, kill and reload three gateways behind HAProxy while CLIENTS watch; the last line sums it up
	dotnet run --project tests/Faults -- fleet --clients $(CLIENTS) $(ARGS)

VIEWERS ?= 1000
log-fleet: ## Restart and kill two log servers on one PostgreSQL while VIEWERS watch through two gateways
	dotnet run --project tests/Faults -- log-fleet --viewers $(VIEWERS)

proxies: ## Five minutes of silence through nginx and HAProxy, with the timeouts as they are shipped
	AS_SHIPPED=true dotnet test --project tests/Gateway.IntegrationTests -- --filter-method '*DeployedProxyTests.An_idle_subscription*'

memory: ## What slow readers and stuck viewers cost, what connections leave behind, a soak of SOAK (600) seconds, and 60 attacks of SECONDS (60) each
	dotnet run -c Release --project bench/Memory -- slow
	dotnet run -c Release --project bench/Memory -- stuck
	dotnet run -c Release --project bench/Memory -- churn
	dotnet run -c Release --project bench/Memory -- soak $(or $(SOAK),600)
	dotnet run -c Release --project bench/Memory -- attack all $(or $(SECONDS),60)

feeds: ## Shared streams at length: a million steps of the model, ten million events, a thousand viewers of whom one is slow
	dotnet build --verbosity quiet tests/Gateway.Tests
	dotnet build --verbosity quiet tests/Gateway.IntegrationTests
	LONG_FORM=true dotnet test --project tests/Gateway.Tests --no-build -- --filter-class '*.FeedModelTests' --filter-class '*.FeedMemoryTests'
	LONG_FORM=true dotnet test --project tests/Gateway.IntegrationTests --no-build -- --filter-class '*.FeedCrowdTests'

bench: ## The gateway against the same by hand; WORKLOADS=live-1,live-50 TARGETS=gateway,csharp ROUNDS=3 QUICK=1 NAME=mine for less
	dotnet build -c Release --verbosity quiet bench/Bench
	dotnet bench/Bench/bin/Release/net10.0/OptimizationGateway.Bench.dll $(if $(WORKLOADS),--workloads $(WORKLOADS)) \
	    $(if $(TARGETS),--targets $(TARGETS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(QUICK),--quick) $(if $(NAME),--name $(NAME)) $(ARGS)

RUNS ?= 10
oom: ## RUNS attacks of each kind at each of four heap limits: the gateway may end, no client gets another's bytes
	MEMORY_RUNS=$(RUNS) dotnet test --project tests/Gateway.IntegrationTests -- --filter-class '*OutOfMemoryTests' --show-live-output on

fuzz: ## Fuzz one TARGET (message, event) for SECONDS (60); needs afl++
	@scripts/fuzz.sh "$(TARGET)" "$(or $(SECONDS),60)"

audit: ## Ask the registries for known vulnerabilities of what is used; needs the network
	dotnet list OptimizationGateway.sln package --vulnerable --include-transitive
	npm audit

check: ## Format and lint, without tests
	dotnet tool restore
	dotnet csharpier check .
	$(BUF) format --diff --exit-code
	$(BUF) lint
	$(BIOME) check

release-check: ## Say whether this commit can be tagged as a release, and what to do next
	@node scripts/packages.mjs
	@dotnet run --project tests/Release

fmt: ## Format code and protos in place
	dotnet tool restore
	dotnet csharpier format .
	$(BUF) format --write
	$(BIOME) check --write

clean: ## Remove what builds and tests leave behind
	rm -rf src/Gateway/wwwroot clients/typescript/dist clients/typescript/tests/generated examples/*/dist examples/backends/*/generated
	find src tests bench examples \( -name bin -o -name obj -o -name TestResults \) -type d -prune -exec rm -rf {} +
