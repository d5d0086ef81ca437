"""Starts the services that tests talk to, shares them between workers and stops them."""
