"""The engine of the phone apps without a screen: local store, outbox, sync. Clock, network and chance are given."""
