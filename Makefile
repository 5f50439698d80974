# Two commands make a centre: `make run` and, for those who change it, `make test`.
.PHONY: help run test check setup compile doctor stop clean fresh-machine

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run:  ## Set up what is missing and run the centre until Ctrl-C
	@scripts/setup
	@exec .venv/bin/allo up

test:  ## Every check and every test, on SQLite and on PostgreSQL
	@scripts/test

check:  ## Format, lint, types, directions of import, migrations, JavaScript tests
	@scripts/setup --test
	@scripts/check

setup:  ## Set up without running
	@scripts/setup

compile:  ## Make simulations run about three times as fast (needs a C compiler)
	@scripts/compile

doctor:  ## What could be wrong on this machine?
	@scripts/setup
	@.venv/bin/allo doctor

stop:  ## Stop a centre that runs in another terminal
	@scripts/stop

clean:  ## Remove what set-up has brought; the installation's own folder (var) stays
	@rm -rf .venv .asterisk .setup .compiled* node_modules src/allo/web/static/built .mypy_cache .ruff_cache .pytest_cache
	@find src -name '*.mo' -delete

fresh-machine:  ## Prove both commands on a bare Debian 12 (needs root)
	@scripts/fresh-machine
