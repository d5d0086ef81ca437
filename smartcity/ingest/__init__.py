"""From the broker's socket to durable rows: read, decide, write in one transaction, acknowledge."""
