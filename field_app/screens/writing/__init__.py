"""Writing: an answer, a note, the closing of a case or a task, with photos."""
