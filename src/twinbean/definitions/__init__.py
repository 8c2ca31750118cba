"""The only rooms that import SweetBean. Importing this one applies the patches, once."""

from twinbean.definitions import patches as patches
