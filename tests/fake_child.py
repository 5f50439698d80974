"""A program for the supervisor's tests: answers on a Unix socket until it is told otherwise.

Usage: fake_child.py FOLDER NAME [stubborn|silent]   Its process number is appended to FOLDER/NAME.pids.
"""

import os
import signal
import socket
import sys
from pathlib import Path


def main(folder: Path, name: str, manner: str) -> None:
    if manner == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    address = folder / f"{name}.sock"
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    if manner != "silent":
        listener.bind(str(address))
        listener.listen()
    with (folder / f"{name}.pids").open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    if manner == "silent":
        signal.pause()
    while True:
        connection, _ = listener.accept()
        connection.sendall(b"well")
        connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], (sys.argv[3:] or [""])[0])
