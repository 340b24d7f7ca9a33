"""A case in words: its world, its steps, the rules behind them."""
