"""Servers of others on which a page can save: JATOS, and DataPipe."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twinbean.errors import TaskError
from twinbean.page.options import PageOptions

DATAPIPE = "https://pipe.jspsych.org/api/data/"
# Under which studies of Twinbean get their ids; the same study gets the same one.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "twinbean")
_LONGEST_TITLE = 255
# A zip can hold no earlier date; one that never changes keeps the bytes the same.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class Host:
    """What a page needs to save on somebody else's server.

    `script` is the file in static/vendor that talks to it, `options` are what that script is told, `sources` are
    addresses of further scripts of the host's own, and `policy` is what the content security policy must allow.
    """

    script: str
    options: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[str] = ()
    policy: Mapping[str, str] = field(default_factory=dict)


# jatos.js is served by JATOS itself, beside the page, and keeps its connection alive in a worker.
JATOS = Host(
    script="jatos.js",
    sources=("jatos.js",),
    policy={"script-src": "'self'", "connect-src": "'self'", "worker-src": "'self'"},
)


def datapipe(experiment: str, *, address: str = DATAPIPE) -> Host:
    """DataPipe, for the experiment with this id. Raises TaskError where it cannot be one."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", experiment):
        raise TaskError(f"the DataPipe experiment is {experiment!r}, expected letters and digits, as DataPipe shows it")
    origin = re.match(r"https?://[^/]+", address)
    if origin is None:
        raise TaskError(f"DataPipe's address is {address!r}, expected one with https:// or http://")
    return Host(
        script="datapipe.js",
        options={"experiment": experiment, "address": address},
        policy={"connect-src": origin[0]},
    )


def jatos_archive(page: str, *, task: str, identity: str, options: PageOptions) -> bytes:
    """The study archive (.jzip) that JATOS 3 imports, with `page` as its one component.

    `identity` says which study it is, together with its title: imported again, it takes the place of the earlier one.
    The same page gives the same bytes.
    """

    def identified(what: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{what}\n{options.title}\n{identity}"))

    folder = re.sub(r"[^A-Za-z0-9_-]+", "_", task).strip("_") or "study"
    title = options.title[:_LONGEST_TITLE] or task
    study = {
        "uuid": identified("study"),
        "title": title,
        "description": "",
        "groupStudy": False,
        "linearStudy": False,
        "allowPreview": False,
        "dirName": folder,
        "comments": "",
        "jsonData": None,
        "endRedirectUrl": options.completion_url or "",
        "studyEntryMsg": None,
        "componentList": [
            {
                "uuid": identified("component"),
                "title": title,
                "htmlFilePath": "index.html",
                "reloadable": True,
                "active": True,
                "comments": "",
                "jsonData": None,
            }
        ],
        "batchList": [
            {
                "uuid": identified("batch"),
                "title": "Default",
                "active": True,
                "maxActiveMembers": None,
                "maxTotalMembers": None,
                "maxTotalWorkers": None,
                "allowedWorkerTypes": [
                    "Jatos",
                    "PersonalSingle",
                    "PersonalMultiple",
                    "GeneralSingle",
                    "GeneralMultiple",
                ],
                "comments": "",
                "jsonData": None,
            }
        ],
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            (f"{folder}.jas", json.dumps({"version": "3", "data": study}, indent=1)),
            (f"{folder}/index.html", page),
        ):
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()
