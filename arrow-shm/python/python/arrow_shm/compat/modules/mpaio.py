"""That of arrow-shm, by its own name."""

from arrow_shm.compat import _named

_named.take(__name__)
