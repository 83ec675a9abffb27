"""Work that must not block the window: jobs, the worker process, work in slices."""
