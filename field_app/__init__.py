"""The inspector's app: cases, inspections and tasks in the field, for days without a network."""
