"""The finding record of a visit."""
