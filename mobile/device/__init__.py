"""What a phone has beside its screen: ports (`ports.py`), and adapters for the desktop and for Android.

An app takes a `Device` once at its start — `desktop.device(folder)` or `android.device()` — and hands its parts on.
"""
