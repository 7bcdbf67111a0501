"""Threads that share a client share its connections."""

from __future__ import annotations

import threading

from tests.http.loopback import answer

from oneclick_deploy.http import Http, Request


def test_threads_that_start_at_once_open_one_pool_of_connections():
    for _ in range(20):
        start, opened = threading.Barrier(8), []

        def use(http: Http, start=start, opened=opened) -> None:
            start.wait()
            opened.append(http._open())

        with Http() as http:
            threads = [threading.Thread(target=use, args=(http,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len({id(client) for client in opened}) == 1
        assert all(client.is_closed for client in opened)


def test_every_thread_gets_its_own_answer(serve):
    server = serve(answer(200, b"ok"))
    found: list[bytes] = []
    with Http() as http:

        def ask() -> None:
            request = Request(method="GET", url=server.url)
            found.extend([http.send(request).content for _ in range(10)])

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [b"ok"] * 60
    assert len(server.connections) <= 6
