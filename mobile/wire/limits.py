"""Sizes that phone and server hold each other to."""

MOST_MUTATIONS = 50
"""In one push."""
MOST_CODED_BYTES = 64 * 1024
"""Of a push as it travels."""
MOST_BODY_BYTES = 32 * 1024
"""Of one mutation's body as plain JSON."""
LEAST_WANTED, MOST_WANTED = 4 * 1024, 256 * 1024
"""What a phone may ask for in one pull, in plain bytes."""
KEPT_DAYS = 30
"""How long a phone keeps what the server has taken, so that it can send it again to a server restored from a backup."""
LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES = 16 * 1024, 1024 * 1024
"""Of one PATCH of an upload."""
MOST_PREVIEW_BYTES = 8 * 1024
"""Of the small picture that goes first."""
MOST_PICTURE_BYTES = 8 * 1024 * 1024
"""Of a photo or a signature as it is uploaded."""
MOST_BUNDLE_BYTES, MOST_BUNDLE_LINES, MOST_BUNDLE_PICTURES = 512 * 1024 * 1024, 20_000, 10_000
"""Of an exported bundle; a picture's preview counts as a picture."""
RELEASED_AFTER_DAYS = 7
"""How long a phone keeps a photo after the server's word that it is stored was pulled."""
