"""What an API model is shown: templates, and the memories that fill them."""

from twinbean.subjects.endpoint.prompting.memories import Message
from twinbean.subjects.endpoint.prompting.notes import read_notes
from twinbean.subjects.endpoint.prompting.prompter import MEMORIES, Prompter, Style
from twinbean.subjects.endpoint.prompting.templates import TemplateSet, open_templates

__all__ = ["MEMORIES", "Message", "Prompter", "Style", "TemplateSet", "open_templates", "read_notes"]
