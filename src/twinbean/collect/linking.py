"""Links by which a participant goes on in another browser."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from twinbean.collect import records, settings
from twinbean.collect.requests import SIGNATURE
from twinbean.collect.starting import page_options
from twinbean.collect.store import StudyError, Transaction
from twinbean.collect.study import Study
from twinbean.collect.tokens import signature_for


def link_for(study: Study, participant: str, *, address: str) -> str:
    """The page's `address` with what lets another browser go on with the participant's last session, once.

    Raises StudyError where the study has no signed links, or the participant no session to go on with.
    """
    if not study.settings.policies.signed_links:
        raise StudyError(f"{study.folder} was started without --signed-links")

    def query(transaction: Transaction) -> dict[str, str]:
        attempts = [one for one in records.sessions_of(transaction, participant) if not one.test]
        if not attempts or attempts[-1].state in ("withdrawn", "erased"):
            raise StudyError(f"{study.folder} has no session of {participant!r} to go on with")
        last = attempts[-1]
        secret = settings.get(transaction, "secret")
        assert secret is not None
        signature = signature_for(secret, last.session, last.token)
        return {**last.ids, "participant": participant, SIGNATURE: signature}

    ids = study.store.read(query)
    names = page_options(study.settings).ids
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({names[name]: value for name, value in ids.items()})))
