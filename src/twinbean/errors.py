"""What can go wrong, as one tree.

TwinbeanError           anything a user can put right; the command line prints it and leaves with status 2
  DataError             a file of recorded data does not say what it should
  TaskError             a task file, a definition or a parameter is not usable
    EmissionError       a definition cannot be carried to the page without changing its meaning
  RecordMismatch        a record contradicts the definition it is replayed against
  SubjectError          a model cannot be found, loaded or reached
    IllegalAnswer       a subject gave no legal answer within the retries allowed
    SubjectUnavailable  a model answers nobody: its key is refused, it is not there, its credit is used up
  RunError              a run folder cannot be started, resumed or read
  TrainingError         a model cannot be trained in this way
"""

from __future__ import annotations


class TwinbeanError(Exception):
    """Something a user can put right: the message is one sentence that says how."""


class DataError(TwinbeanError):
    """A file of recorded data does not say what it should."""


class TaskError(TwinbeanError):
    """A task file, a definition or a parameter is not usable."""


class EmissionError(TaskError):
    """A definition cannot be carried to the page without changing its meaning."""


class RecordMismatch(TwinbeanError):
    """A record contradicts the definition it is replayed against."""


class SubjectError(TwinbeanError):
    """A model cannot be found, loaded or reached."""


class IllegalAnswer(SubjectError):
    """A subject gave no legal answer within the retries allowed."""


class SubjectUnavailable(SubjectError):
    """A model answers nobody: its key is refused, it is not there, its credit is used up."""


class RunError(TwinbeanError):
    """A run folder cannot be started, resumed or read."""


class TrainingError(TwinbeanError):
    """A model cannot be trained in this way."""
