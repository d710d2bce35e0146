"""Imports the official W&B SDK once for all test files, which takes most of a short process, and forks the processes that use it.

    python sdk_server.py SOCKET

A test file connects to the socket. Its first line names a module that knows the steps; each further one, as JSON, begins a
process. All that these write to their outputs it is sent, and behind that, when it has ended its side and they have ended, how
they did. It listens until its own input ends.
"""

import gc
import importlib
import json
import os
import select
import socket
import sys

# What is imported stays: to look through it for garbage takes a third of the time.
gc.disable()

import sdk


def serve_file(connection):
    """For one test file, in a process of its own. Fails if one of those that it forks did."""
    for output in (1, 2):
        os.dup2(connection.fileno(), output)
    with connection, connection.makefile("r", encoding="utf-8") as lines:
        steps = importlib.import_module(lines.readline().strip()).STEPS
        children = []
        for line in lines:
            child = os.fork()
            if child == 0:
                return sdk.work(steps, json.loads(line))
            children.append(child)
        failed = any([os.waitpid(child, 0)[1] != 0 for child in children])
        connection.sendall(f"\nended: {int(failed)}\n".encode())


def main(path):
    gc.freeze()
    gc.enable()
    files = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("listening", flush=True)
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            child = os.fork()
            if child == 0:
                listener.close()
                return serve_file(connection)
            connection.close()
            files.append(child)
    for child in files:
        os.waitpid(child, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
