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
