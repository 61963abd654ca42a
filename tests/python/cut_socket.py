"""Proxy of a Unix socket that cuts each connection: ``cut_socket.py DOOR TARGET BYTES``.

A process of its own: the driver holds the interpreter's lock while it waits for rows.
"""

import contextlib
import socket
import sys
import threading


def carry(source, sink, limit):
    """Pass bytes on until either end closes, or `limit` of them have passed."""
    passed = 0
    with contextlib.suppress(OSError):
        while (block := source.recv(65536)) and (limit is None or passed < limit):
            sink.sendall(block)
            passed += len(block)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def main(door, target, limit):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(door)
        listener.listen()
        while True:
            client, _ = listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(target)
            for ends in ((client, server, None), (server, client, limit)):
                threading.Thread(target=carry, args=ends, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
