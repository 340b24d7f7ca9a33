"""Our tools made wrong on purpose, one fault each; they test the harness."""
