"""Where conferences take place: sites, virtual rooms, bridges and saved selections of sites."""
