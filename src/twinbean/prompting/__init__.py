"""What an API model is shown: templates, and the memories that fill them."""

from twinbean.prompting.notes import read_notes
from twinbean.prompting.prompter import MEMORIES, Message, Prompter, Style
from twinbean.prompting.templates import TemplateSet, open_templates

__all__ = ["MEMORIES", "Message", "Prompter", "Style", "TemplateSet", "open_templates", "read_notes"]
