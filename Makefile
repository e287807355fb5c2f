# Thin on purpose: every target is the command you could type yourself. `make` lists them.

BUF := node_modules/.bin/buf
BIOME := node_modules/.bin/biome

.DEFAULT_GOAL := help
.PHONY: help deps run build test check fmt clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install what build and tests need (.NET 10 and Node 20 must be there)
	@scripts/deps.sh

run: ## Run the gateway and a demo backend in one process
	dotnet run --project src/Demo

build: ## Compile everything
	dotnet build OptimizationGateway.sln

test: ## Build once, run every test; the last line sums them up
	@scripts/test.sh

check: ## Format and lint, without tests
	dotnet tool restore
	dotnet csharpier check .
	$(BUF) format --diff --exit-code
	$(BUF) lint
	$(BIOME) check

fmt: ## Format code and protos in place
	dotnet tool restore
	dotnet csharpier format .
	$(BUF) format --write
	$(BIOME) check --write

clean: ## Remove what builds and tests leave behind
	rm -rf clients/typescript/dist clients/typescript/tests/generated examples/*/dist
	find src tests \( -name bin -o -name obj -o -name TestResults \) -type d -prune -exec rm -rf {} +
