"""Sync for the rest of the house: every verb and every reading, by name."""

from api.sync.epoch import begin_epoch
from api.sync.pull import pull
from api.sync.push import push

__all__ = ["begin_epoch", "pull", "push"]
