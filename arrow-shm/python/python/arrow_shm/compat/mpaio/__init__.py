"""mpaio's interface over arrow-shm: parts of shared arrays go to workers of any executor, results come back as they are
ready.

>>> from arrow_shm.compat.mpaio.data_iterator import DataIterator
>>> from arrow_shm.compat.mpaio.worker import Worker
>>> from arrow_shm.compat.mpaio.worker_orchestrator import WorkerOrchestrator
>>> from arrow_shm.compat.shared_memory import SharedMemory      # in place of multiprocessing's

A worker opens the array by its name: that of such a block, or of any array in the pool, also of one that Java has written:
``SharedMemory("run-42/camera/frames")``. Needs anyio and psutil.
"""
