"""The operations view and the wall."""
