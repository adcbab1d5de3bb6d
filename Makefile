# make run     install, migrate, load the sample county, serve on http://127.0.0.1:8000/ (PORT= changes it)
# make test    every check, and the tests on SQLite and PostgreSQL (ARGS= goes to pytest)
# make test-fast  the daily loop, under two minutes: SQLite, without the tests marked browser, postgres or slow
#              (ARGS= goes to pytest)
# make lint    the checks alone
# make bench   the measurements (BENCH=KEY runs one)
# make hostile the dearest pictures and workbooks, and 350,000 honest rows: seconds and MB of each
# make attack  every role against every address, form and look-up (PART= one of naive crawl tokens lookups posts,
#              SEED= other values, SAMPLE= a share of the requests)
# make damage  3,000 lists with merged cells, odd headings, encodings and spellings against the clean ones
#              (EXAMPLES= how many, SEED= others)
# make fmt     format everything

PYTHON = .venv/bin/python
TEMPLATES = $$(find templates */templates -name '*.html' 2>/dev/null)

# One pytest session with two workers, each of which runs the whole suite on its own database.
BOTH_DATABASES = --dist each --tx popen//id=sqlite//env:DATABASE_URL= --tx popen//id=postgres \
	-o console_output_style=classic

.PHONY: run test test-fast lint bench hostile attack damage fmt install-dev

run:
	@tools/install.sh requirements.txt
	@$(PYTHON) tools/env_file.py
	@exec $(PYTHON) manage.py serve

test: lint
	@$(PYTHON) tools/chromium.py >/dev/null
	@$(PYTHON) -m tools.java
	$(PYTHON) tools/with_postgres.py $(PYTHON) -m pytest $(BOTH_DATABASES) $(ARGS)

test-fast: export DATABASE_URL =
test-fast: install-dev
	@echo "left out: what is marked browser, postgres or slow (make test runs it)"
	$(PYTHON) -m pytest -n 2 --dist loadfile -m "not browser and not slow" -q $(ARGS)

lint: export DEBUG = 1
lint: export DATABASE_URL = sqlite://:memory:
lint: install-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djade --target-version 5.2 --check $(TEMPLATES)
	.venv/bin/djhtml --check $(TEMPLATES)
	.venv/bin/mypy .
	.venv/bin/lint-imports
	$(PYTHON) tools/commit_subjects.py
	$(PYTHON) manage.py check --fail-level WARNING
	$(PYTHON) manage.py makemigrations --check --dry-run

bench: install-dev
	@$(PYTHON) tools/with_postgres.py $(PYTHON) -m bench

hostile: install-dev
	@DEBUG=1 $(PYTHON) -m bench.hostile

attack: install-dev
	@$(PYTHON) tools/with_postgres.py $(PYTHON) -m tests.attack $(PART)

damage: export DATABASE_URL =
damage: install-dev
	@$(PYTHON) -m tests.damage

fmt: install-dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	-.venv/bin/djade --target-version 5.2 $(TEMPLATES)
	-.venv/bin/djhtml $(TEMPLATES)

install-dev:
	@tools/install.sh requirements-dev.txt
