"""Prints the directory that has the libraries by their own names."""

from pathlib import Path

print(Path(__file__).parent / "modules")
