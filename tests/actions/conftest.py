"""The two districts of the measures, also for what is done about them."""

from tests.measures.conftest import busy_city, city, seal_all

__all__ = ["busy_city", "city", "seal_all"]
