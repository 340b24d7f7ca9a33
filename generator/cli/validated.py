"""`--validate` of commands that write a component."""

from __future__ import annotations

import sys

from generator.errors import GeneratorError
from generator.validate.check import UNCHECKED, check_component


def validate(component: bytes) -> None:
    """Says on standard error what is not checked. Raises GeneratorError for a component that is not valid."""
    try:
        check_component(component)
    except GeneratorError as error:
        raise GeneratorError(f"the component that was made is not valid: {error}") from error
    print(f"valid as far as it is checked; not checked: {UNCHECKED}", file=sys.stderr)
