"""Who says it: the actors, each with a thread of its own, and what they do to the outside world."""
