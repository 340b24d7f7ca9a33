"""Damaged libraries and components for the `generator` command: only clean errors, in bounded time and memory."""
