"""An Ollama server for tests: it plays back recordings, or whatever a script says, and breaks where it is told to.

As a program, it serves recordings until SIGINT or SIGTERM, and says its port in its first line:

    python -m tests.support.replay_server chat_stream_short [more ...] [--port N] [--port-file FILE] [--timed]
"""

import argparse
import json
import select
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.support.addresses import PATIENCE
from tests.support.answers import replay, status
from tests.support.journal import CHATS, Departure, Journal, Request, read_request
from tests.support.recordings import Recording, load, recording
from tests.support.wire import Answer, ClientGone, Stopping, Wire

Script = Answer | Callable[[Request], Answer]
"""What to answer to a chat request; a function where that depends on the request."""


class ReplayServer(Journal):
    """Serves on loopback while its `with` block runs.

    The first chat request is answered with the first answer, the second with the second, and so on; the last repeats.
    Without any, it is a recorded reply of one sentence. `gets` replaces the answers to GET requests, by path; `store`
    has those to the other requests about models, in order, the last again and again.
    """

    def __init__(
        self,
        *script: Script,
        models: Sequence[str] | None = None,
        gets: Mapping[str, Answer] | None = None,
        port: int = 0,
        store: Mapping[str, Sequence[Script]] | None = None,
    ) -> None:
        super().__init__()
        self._script = script or (replay(recording("chat_stream_short")),)
        self._store = store or {}
        self._gets = {**_recorded_gets(), **({} if models is None else _model_gets(models)), **(gets or {})}
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._threads = [threading.Thread(target=self._accept, name="replay-server")]
        self._faults: list[Exception] = []

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`, fit for OLLAMA_HOST."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Close every connection, end every thread; a client sees what it sees when a server is killed."""
        self._stop_writer.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"{thread.name} does not end"
        self._listener.close()
        self._stop_reader.close()
        if self._faults:
            raise ExceptionGroup("the replay server failed", self._faults)

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._listener, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            connection, _ = self._listener.accept()
            self.count_connection(1)
            thread = threading.Thread(target=self._serve, args=(connection,), name=f"replay-{connection.fileno()}")
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        wire = Wire(connection, self._stop_reader)
        try:
            with suppress(ClientGone, Stopping):
                self._converse(wire)
        except Exception as fault:  # noqa: BLE001
            self._faults.append(fault)
        finally:
            wire.close()
            self.count_connection(-1)

    def _converse(self, wire: Wire) -> None:
        while wire.open and (request := read_request(wire)) is not None:
            answer = self._answer(request, self.note_request(request))
            wire.sent = 0
            try:
                for step in answer:
                    step.run(wire)
            except ClientGone:
                self.note_departure(Departure(request, wire.sent))
                raise
            if request.headers.get("connection") == "close":
                return

    def _answer(self, request: Request, earlier: int) -> Answer:
        if request.method == "POST" and request.path in CHATS:
            chosen = self._script[min(earlier, len(self._script) - 1)]
            return chosen(request) if callable(chosen) else chosen
        if answers := self._store.get(request.path):
            chosen = answers[min(earlier, len(answers) - 1)]
            return chosen(request) if callable(chosen) else chosen
        if request.method == "GET":
            return self._gets.get(request.path) or replay(recording("unknown_path_404"))
        return replay(recording("root_head" if request.method == "HEAD" else "unknown_path_404"))


def _recorded_gets() -> dict[str, Answer]:
    names = {
        "/": "root_get",
        "/api/version": "version",
        "/api/tags": "tags",
        "/api/ps": "ps_after_unload",
        "/v1/models": "v1_models",
    }
    return {path: replay(recording(name)) for path, name in names.items()}


def _model_gets(models: Sequence[str]) -> dict[str, Answer]:
    template = json.loads(recording("tags").body)["models"][-1]
    installed = [{**template, "name": name, "model": name} for name in models]
    listed = [{"id": name, "object": "model"} for name in models]
    return {
        "/api/tags": status(200, {"models": installed}),
        "/api/ps": status(200, {"models": []}),
        "/v1/models": status(200, {"object": "list", "data": listed}),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve recordings until SIGINT or SIGTERM."""
    options = _parser().parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    script = [replay(each, timed=options.timed) for each in options.recordings]
    with ReplayServer(*script, models=options.models, port=options.port) as server:
        print(server.port, flush=True)
        if options.port_file:
            options.port_file.write_text(f"{server.port}\n")
        signal.sigwait(ends)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.support.replay_server", description="Serve recorded chats.")
    parser.add_argument("recordings", nargs="+", type=_named, help="folders, or names in tests/recordings, in order")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--port-file", type=Path, help="also write the port here")
    parser.add_argument("--timed", action="store_true", help="keep the recorded silences")
    parser.add_argument("--models", nargs="+", help="names of the models to have, instead of the recorded ones")
    return parser


def _named(text: str) -> Recording:
    folder = Path(text)
    try:
        return load(folder) if folder.is_dir() else recording(text)
    except FileNotFoundError:
        raise argparse.ArgumentTypeError(f"there is no recording {text}") from None


if __name__ == "__main__":
    main()
