"""The windows in which the screen is tried: the smallest, the usual one, and a large one."""

import pytest

SIZES = pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
