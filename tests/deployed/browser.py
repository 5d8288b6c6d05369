"""A real browser without a window: Chromium, spoken to by its DevTools protocol over a pipe."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-pipe", "--window-size=900,1400"),
)
PATIENCE_SECONDS = 60


def chromium() -> str | None:
    """The program, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page."""

    def __init__(self, sends: int, reads: int) -> None:
        self._sends = sends
        self._answers = os.fdopen(reads, "rb")
        self._buffer = b""
        self._number = 0
        self._session = ""

    @classmethod
    @contextmanager
    def open(cls, url: str, profile: Path) -> Iterator["Browser"]:
        """Open a page, with a profile folder of its own."""
        program = chromium()
        assert program
        to_read, to_send = os.pipe()
        to_receive, to_answer = os.pipe()
        quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (1, 2)]
        process = os.posix_spawn(
            program,
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            os.environ,
            # The two files by which DevTools speaks over a pipe.
            file_actions=[
                (os.POSIX_SPAWN_DUP2, to_read, 3),
                (os.POSIX_SPAWN_DUP2, to_answer, 4),
                *quiet,
            ],
            setpgroup=0,
        )
        os.close(to_read)
        os.close(to_answer)
        browser = cls(to_send, to_receive)
        try:
            browser._navigate(url)
            yield browser
        finally:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(to_send)
            browser._answers.close()

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """The value of an expression as soon as it is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (value := self.evaluate(script)):
            assert time.monotonic() < deadline, (script, self.evaluate("document.body.innerText"))
            time.sleep(0.2)
        return value

    def click(self, selector: str) -> None:
        """Click into the middle of the element, as a mouse does."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"!!{found}")
        self.evaluate(f"{found}.scrollIntoView({{block: 'center'}})")
        box = self.evaluate(f"(() => {found}.getBoundingClientRect().toJSON())()")
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a menu, by the beginning of its value."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"!!{found}")
        self.evaluate(
            f"(() => {{ const menu = {found}; menu.value = [...menu.options].map(one => one.value)"
            f".find(one => one.startsWith({json.dumps(value)}));"
            " menu.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )

    def type(self, selector: str, text: str) -> None:
        """Type into a field, and press Enter."""
        self.click(selector)
        self._call("Input.insertText", text=text)
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Enter",
                code="Enter",
                text="\r",
                windowsVirtualKeyCode=13,
            )

    def _navigate(self, url: str) -> None:
        target = self._call("Target.createTarget", url=url)["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.wait_for("document.readyState === 'complete'")

    def _call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._sends, json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._next())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> bytes:
        while b"\0" not in self._buffer:
            part = os.read(self._answers.fileno(), 65536)
            assert part, "the browser has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return message
