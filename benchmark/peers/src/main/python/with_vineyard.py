"""Vineyard: each side puts its arrays into the store of a server, and reads the other's in place."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection

import vineyard
from vineyard.deploy.local import start_vineyardd

import peer
from peer import Array

STORE = "2Gi"


def work(connection: Connection, socket: str) -> None:
    client = vineyard.connect(socket)
    try:
        while True:
            connection.send([client.put(client.get(given) + 1) for given in connection.recv()])
    except EOFError:
        pass


class Vineyard(peer.Peer):
    packages = ("vineyard",)

    def start(self) -> None:
        socket = str(self.scratch / "vineyard.sock")
        self.resources.enter_context(start_vineyardd(meta="local", size=STORE, socket=socket, rpc=False))
        self.client = vineyard.connect(socket)
        self.resources.callback(self.client.close)
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        worker = context.Process(target=work, args=(other, socket))
        worker.start()
        other.close()
        self.resources.callback(worker.join)
        self.resources.callback(self.connection.close)
        self.used: list[vineyard.ObjectID] = []

    def add_one(self, placed: list[Array]) -> list[Array]:
        given = [self.client.put(array) for array in placed]
        self.connection.send(given)
        taken = self.connection.recv()
        self.used = given + taken
        return [self.client.get(result) for result in taken]

    def release(self, results: list[Array]) -> None:
        results.clear()
        self.client.delete(self.used)


if __name__ == "__main__":
    peer.main(Vineyard)
