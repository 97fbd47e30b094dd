"""Kembar keeps sister-province ties awake."""

__version__ = "0.1.0"
