"""The whole system, as in the end-to-end tests."""

from tests.e2e.conftest import system
from tests.e2e.test_system import told

__all__ = ["system", "told"]
