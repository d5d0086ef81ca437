"""What conferencing reads: conferences, timelines, availability, sites."""
