"""What a phone can do, as ports: camera, position, key store; adapters for the desktop and for Android."""
