"""An app that is slow to answer is given its time; one that can't be reached is not waited for."""

import time

from local import http_server
from probe_deployment.http_get import CONNECT_TIMEOUT_SECONDS, get


def test_an_answer_may_take_longer_than_a_connection() -> None:
    """urllib3.Timeout(3.0, 10.0) was a total of 3 s: its first place is no connect timeout."""
    seconds = CONNECT_TIMEOUT_SECONDS + 0.5

    def slow(_: http_server.Request) -> http_server.Response:
        time.sleep(seconds)
        return http_server.Response(200, {}, {})

    with http_server.serve(slow) as port:
        answer = get(f"http://127.0.0.1:{port}/", "")
    assert answer.status == 200
    assert answer.seconds >= seconds
