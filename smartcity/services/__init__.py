"""Acts of the smart-city half; each takes a session and an actor and never commits."""
