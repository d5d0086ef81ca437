"""Messages of sensors and cameras in, alerts out, live to the operations view."""
