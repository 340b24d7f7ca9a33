"""The functions between the component and the interpreter, one module for each way of calling a function.

`values` and `call_area` contain the common parts: the passing of arguments and results, and their layout in memory.
"""
