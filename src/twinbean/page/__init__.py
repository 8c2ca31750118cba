"""From a definition to one self-contained HTML file that people play."""

from twinbean.page.document import harness, render
from twinbean.page.options import Collector, PageOptions

__all__ = ["Collector", "PageOptions", "harness", "render"]
