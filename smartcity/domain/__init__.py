"""What the city's messages mean: standard library only, no clock, no database."""
