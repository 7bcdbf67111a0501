"""What differs between asynchronous and blocking code, as one hand-written pair.

`aio` serves the ``_async`` modules, `threads` the generated ``_sync`` ones; both have the same
names. Everything else in the library is written once.
"""
