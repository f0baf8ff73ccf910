"""The PIN: choosing it, unlocking with it, and getting over a forgotten one."""
