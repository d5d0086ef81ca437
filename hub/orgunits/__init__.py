"""Administrative units as data: tiers, validity and succession."""
