"""What phone and server must agree on: the coding of messages, limits, and the layout of an exported bundle."""
