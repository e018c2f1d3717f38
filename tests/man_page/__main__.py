"""Makes the man page anew: `python -m tests.man_page`."""

from tests.man_page.page import PAGE, man_page

PAGE.write_text(man_page(), encoding="utf-8")
