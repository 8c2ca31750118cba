"""Name or file to Task: what people and models play."""

from twinbean.tasks.task import RECORDED as RECORDED
from twinbean.tasks.task import Task as Task
from twinbean.tasks.task import builtin_names as builtin_names
from twinbean.tasks.task import copy_builtin as copy_builtin
from twinbean.tasks.task import load as load
