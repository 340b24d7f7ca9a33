"""The text format of WebAssembly, converted by tools that are installed next to `generator`."""
