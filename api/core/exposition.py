"""The figures for Prometheus: of this process, or of all processes where they share a folder for them."""

import os

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Set by `belediye serve` for several processes; set for server and worker alike, it adds the worker's figures."""


def figures() -> bytes:
    """Give the figures in Prometheus' text format."""
    if not os.environ.get(SHARED_FOLDER):
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
