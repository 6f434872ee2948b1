# `make` lists the targets. What they do stands in scripts/; docs/runtime.md explains it.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Given as NAME=value after make or in the environment.
export DB PORT DEMO FILES LOGIN T J TAGS MODULES WITH ORDER KEEP ARGS ALL BASELINE CHECKS SEEDS STEPS AGAIN ROWS SCALE ROUNDS \
	USERS MINUTES TIMES TO TRY

COMMANDS := run test test-native test-odoo matrix beside bench walk faults load scale pictures dist rehearse db update shell psql lint \
	names terms clean
.PHONY: help lock $(COMMANDS)

run: ## Serve Odoo with demo data on 127.0.0.1:8069 [DB= PORT= DEMO=0 ARGS=]
test: ## Run all tests, browser tours included [T=approval T="-k story" J=1 KEEP=1 WITH=hr]
test-native: ## Run the same tests with Odoo's own runner [TAGS= WITH=hr]
test-odoo: ## Run the suites of Odoo's MODULES= with this module installed [WITH=hr]
matrix: ## The whole life in many databases; goes on where it stopped [ROWS="short,repair" ORDER=before,after,upgraded AGAIN=1]
beside: ## The same beside modules that are named [MODULES="mrp,hr+repair" ORDER=before DEMO=1]
bench: ## Queries and CPU of our steps beside Odoo's and OCA's, and how they grow [ROWS="receipt,list" SCALE=1 ROUNDS=5]
walk: ## Ten thousand random steps for each of ten seeds; goes on where it stopped [SEEDS="7001 7002" STEPS=10000 AGAIN=1]
faults: ## Kill servers, PostgreSQL, disks and mail under a plant; nothing is lost, doubled or disagrees [T="receipt mail"]
load: ## People of all roles click for minutes, with Locust; no error, and the books agree [USERS=50 MINUTES=5]
scale: ## A plant on two Odoo servers with a replica; one server and the replica are killed [MINUTES=1.5]
pictures: ## Take the pictures of README, docs and the app's page from a new demo database [T="board phone" DB=]
dist: ## The module and its bridges in one zip, tried by installing it [TO=folder TRY=0]
rehearse: ## Load the folder FILES= into a copy of DB= as LOGIN=, and compare figures [ARGS="--until 2026-08-31"]
db: ## Create database DB= with the module, or make it anew [DEMO=1]
update: ## Upgrade the module in database DB=
shell: ## Odoo's shell on DB=, Python from standard input
psql: ## PostgreSQL's shell on DB=
lint: ## Check Python, XML, CSV, docs, shell and Compose files, and that no name meets another's [CHECKS="ruff xml"]
names: ## Read the names of OCA's modules anew
terms: ## Write the templates of what is translated anew, and bring the translations up to them
clean: ## Drop what can be made again; ALL=1 also the databases of make run and db

$(COMMANDS):
	@scripts/run $@

help: ## This list
	@sed -nE 's/^([a-z-]+): ## (.*)/  make \1\t\2/p' Makefile | expand -t 22

lock: ## Write requirements/*.txt anew from requirements/*.in
	@scripts/lock
