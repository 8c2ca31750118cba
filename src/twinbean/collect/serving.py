"""The process that serves a study: one uvicorn, until it is stopped."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from twinbean._extras import how_to_install
from twinbean.collect.starting import Wanted, start
from twinbean.collect.store import StudyError
from twinbean.collect.study import LOCK, Study, is_study

if TYPE_CHECKING:
    from twinbean.collect.pairing.opening import PairWanted
    from twinbean.collect.pairing.pair import Pair
    from twinbean.collect.pairing.player import Player

# Whoever is being answered when the server is stopped gets their answer; who hangs is cut off.
_PATIENCE_S = 5


def serve(
    folder: Path,
    wanted: Wanted,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    behind_proxy: bool = False,
    admin_over_http: bool = False,
    pair: PairWanted | None = None,
    told: Callable[[str, str | None], None] = print,
) -> None:
    """Serve the study in `folder` until Ctrl-C or SIGTERM; `told` is called once it can be opened, with its address,
    and with the token of its dashboard when the study is new. The dashboard answers on this computer and by HTTPS,
    unless `admin_over_http`. With a `pair` a model plays beside the participants (docs/pair.md).

    Raises StudyError where the study or the address is in use, the extra "serve" is not installed, or the pair cannot
    play, and SubjectError where its model cannot be opened.
    """
    uvicorn = _uvicorn()
    from twinbean.collect import dashboard
    from twinbean.collect.admin import has_token, new_token
    from twinbean.collect.app import make_app

    with _alone(folder), _listening(host, port) as listener:
        model = None if pair is None else _opened(folder, wanted, pair)
        study, game = start(folder, wanted)
        with study, _stopped_as_by_ctrl_c(), _beside(study, pair, model) as playing:
            config = uvicorn.Config(
                make_app(study, game, more=dashboard.routes(study, anywhere=admin_over_http), pair=playing),
                # No line of a log has an address, or what stands behind the question mark of one.
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=behind_proxy,
                timeout_graceful_shutdown=_PATIENCE_S,
                lifespan="off",
                ws="none",
            )
            server = uvicorn.Server(config)
            told(_address(listener), None if has_token(study.store) else new_token(study.store))
            with contextlib.suppress(KeyboardInterrupt):
                server.run(sockets=[listener])


def _opened(folder: Path, wanted: Wanted, pair: PairWanted) -> Player:
    from twinbean.collect.pairing.opening import open_model

    return open_model(folder, wanted, pair)


@contextlib.contextmanager
def _beside(study: Study, wanted: PairWanted | None, model: Player | None) -> Iterator[Pair | None]:
    """The model that plays as long as the study is served."""
    if wanted is None or model is None:
        from twinbean.collect.pairing.leaving import sweep

        # Of a pair that it was served with before.
        sweep(study)
        yield None
        return
    from twinbean.collect.pairing.opening import remember
    from twinbean.collect.pairing.pair import Pair

    remember(study, wanted)
    pair = Pair(study, model)
    pair.start()
    try:
        yield pair
    finally:
        pair.close()


def _uvicorn() -> Any:
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError:
        raise StudyError(f"serving needs starlette and uvicorn: {how_to_install('serve')}") from None
    return uvicorn


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        # Python says again where, in brackets.
        reason = str(getattr(error, "strerror", None) or error).partition(" (while")[0]
        raise StudyError(
            f"{host}:{port} cannot be listened on: {reason}; choose another with --host and --port"
        ) from None
    with listener:
        yield listener


def _address(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextlib.contextmanager
def _stopped_as_by_ctrl_c() -> Iterator[None]:
    """SIGTERM, by which services are stopped, closes the study, too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two servers of one study would each give out the same place."""
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file, expected a study's folder, or one that can be made")
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StudyError(f"{folder} is being served already") from None
    try:
        yield
    finally:
        lock.release()
        if not is_study(folder):
            _remove(folder, missing)


def _remove(folder: Path, made: Sequence[Path]) -> None:
    """What could not be started leaves nothing behind."""
    (folder / LOCK).unlink(missing_ok=True)
    for place in made:
        if any(place.iterdir()):
            return
        place.rmdir()
