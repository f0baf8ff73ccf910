"""What a phone has beside its screen: ports, and adapters for the desktop and for Android."""
