"""Link cases: libraries written as WAT, linked by each toolchain and run alone, without interpreter and composition.

They show a linker's choices: the definition of each symbol, the places of memories, tables and stacks, the order of
constructors.
"""
