"""A library by its own name."""

import importlib
import pkgutil
import sys


def take(name: str) -> None:
    """Makes a name that is just being imported mean the library here, and so those of its modules: each is there once."""
    library = importlib.import_module(f"arrow_shm.compat.{name}")
    sys.modules[name] = library
    for module in pkgutil.iter_modules(getattr(library, "__path__", [])):
        if not module.name.startswith("_"):
            sys.modules[f"{name}.{module.name}"] = importlib.import_module(f"{library.__name__}.{module.name}")
