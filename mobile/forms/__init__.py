"""Forms as data, and the one evaluator that phone and server share."""
