"""What tests need, and users' tests with them: players of pages, servers with faults, a model of Centaur's shape."""

from __future__ import annotations

from twinbean.testing.centaur import TinyCentaur, as_hub, tiny_centaur

__all__ = ["TinyCentaur", "as_hub", "tiny_centaur"]
