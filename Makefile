# What people type. Needs Python 3.11 or 3.12, make and git; everything else is installed into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-invariants browser bench lint lock doctor clean

PYTHON := .venv/bin/python
STAMP := .venv/.installed
ARGS ?=
# At most four test processes: each has a database of its own.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$(( n > 4 ? 4 : n )))
CODE := palace venues bookings

help:
	@echo 'make demo    start everything here      启动演示 (ARGS="--port 8123 --data DIR --fresh --full --host")'
	@echo 'make test    run all tests              运行测试 (ARGS="tests/core -k ledger")'
	@echo 'make lint    check style and types      检查代码'
	@echo 'make bench   measure                    性能测量'
	@echo 'make doctor  what is missing here       检查安装'
	@echo 'make lock    renew requirements.lock    更新依赖锁定'
	@echo 'make clean   remove what was installed  清理'

# A Python that starts and is new enough: a name alone may belong to a switch that points nowhere.
# Python 3.12 comes first because the newer admin theme runs there.
define FIND_PYTHON
for name in python3.12 python3.11 python3 python; do \
	if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
		>/dev/null 2>&1; then echo $$name; break; fi; \
done
endef

$(STAMP): requirements.lock
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo 'Python 3.11 or 3.12 with venv is needed. On Debian: apt-get install python3 python3-venv'; \
		echo '需要 Python 3.11 或 3.12（含 venv）。Debian 上运行：apt-get install python3 python3-venv'; \
		exit 1; \
	fi; \
	if ! $(PYTHON) -c '' 2>/dev/null; then rm -rf .venv; "$$python" -m venv .venv; fi; \
	if [ "$$(cat $(STAMP) 2>/dev/null)" != "$$(cksum < requirements.lock)" ]; then \
		echo 'Installing packages, once … / 正在安装依赖，只需一次……'; \
		$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
		cksum < requirements.lock > $(STAMP); \
	fi; \
	touch $(STAMP)

demo: $(STAMP)
	@exec $(PYTHON) -m palace.demo $(ARGS)

test: $(STAMP) browser
	@TEST=1 CHROMIUM="$$($(PYTHON) -m tests.chromium)" $(PYTHON) -m pytest -n $(WORKERS) $(ARGS)

# What the database itself must hold, on the server that TEST_PG names.
test-invariants: $(STAMP)
	@TEST=1 TEST_PG=$${TEST_PG:-local} $(PYTHON) -m pytest -m invariant -n $(WORKERS) $(ARGS)

# A browser for the tests that need one; without any, those tests fail and say how to get one.
browser: $(STAMP)
	@$(PYTHON) -m tests.chromium --install

bench: $(STAMP)
	@exec $(PYTHON) -m bench $(ARGS)

lint: $(STAMP)
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@TEST=1 $(PYTHON) -m mypy $(CODE)
	@$(PYTHON) -m djlint --quiet --lint templates
	@.venv/bin/lint-imports
	@TEST=1 $(PYTHON) -W ignore manage.py makemigrations --check --dry-run

lock: $(STAMP)
	@$(PYTHON) -m uv --version >/dev/null 2>&1 || $(PYTHON) -m pip install --quiet --disable-pip-version-check uv
	@$(PYTHON) -m uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
		--group pyproject.toml:demo --group pyproject.toml:test pyproject.toml -o requirements.lock $(ARGS)

# The settings of the environment; else those of the demonstration in ./data.
doctor: $(STAMP)
	@$(PYTHON) -c 'from palace.core.translations import compile_all; compile_all()'
	@if [ -z "$${DATABASE_URL:-}" ]; then \
		if [ ! -r data/environment ]; then \
			echo 'Set SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL, or start make demo first.'; \
			echo '先设好 SECRET_KEY、ALLOWED_HOSTS 和 DATABASE_URL，或者先运行 make demo。'; \
			exit 1; \
		fi; \
		set -a; . data/environment; set +a; \
	fi; \
	exec $(PYTHON) manage.py doctor $(ARGS)

clean:
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete
