"""gokiln: the Go toolchain's build orchestration and its content-addressed build cache."""

__version__ = "0.1.0"
