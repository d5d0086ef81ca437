"""Forms of conferencing: what people type becomes a request, or a sentence to them."""
