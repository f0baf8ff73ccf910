"""The look and the widgets of both phone apps."""
