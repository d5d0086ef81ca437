"""Conferences as iCalendar: feeds, iTIP messages and the mail that carries them. Bytes out."""
