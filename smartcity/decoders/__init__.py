"""Payload formats: topic and bytes in, readings out; pure, no I/O, no database.

A decoder answers with what it read or raises `Undecodable`, never anything else.
"""
