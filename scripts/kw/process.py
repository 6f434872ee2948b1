"""Starts programs so that none of them outlives us, and stops them when we are told to stop."""

import contextlib
import ctypes
import os
import signal
import subprocess
import tempfile
import threading

GRACE = 30  # seconds that a program gets to stop by itself
PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP reached us."""

    def __init__(self, signum):
        super().__init__(signum)
        self.signum = signum


def handle_signals():
    def stop(signum, _frame):
        raise Stopped(signum)

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)


def _die_with_parent():
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: holds when we are killed without a chance to clean up


def run(command, *, env=None, on_line=None, script=None, interactive=False, on_start=None):
    """Run a program to its end and return its exit code.

    It gets a process group of its own, so that Ctrl-C reaches it once, from us, and so that whatever it leaves behind (a
    browser, say) can be ended. An interactive program keeps the terminal, and its Ctrl-C, to itself.
    `on_line` receives every line the program writes, standard output and error alike; `script` is its standard input;
    `on_start` is told its number.
    """
    if script is not None:
        with tempfile.TemporaryFile("w+") as stdin:
            stdin.write(script)
            stdin.seek(0)
            return _run(command, env, on_line, interactive, on_start, stdin)
    return _run(command, env, on_line, interactive, on_start, None)


@contextlib.contextmanager
def background(command, *, env, on_line):
    """A program that runs for as long as the block does; `on_line` receives what it writes."""
    process = subprocess.Popen(command, env=env, start_new_session=True, preexec_fn=_die_with_parent, **PIPES)
    reader = threading.Thread(target=lambda: [on_line(line.rstrip("\n")) for line in process.stdout])
    reader.start()
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join()


def _run(command, env, on_line, interactive, on_start, stdin):
    pipes = PIPES if on_line else {}
    process = subprocess.Popen(
        command, env=env, stdin=stdin, start_new_session=not interactive, preexec_fn=_die_with_parent, **pipes,
    )
    try:
        if on_start:
            on_start(process.pid)
        if on_line:
            for line in process.stdout:
                on_line(line.rstrip("\n"))
        return _exit_code(process.wait())
    except Stopped as stopped:
        if not interactive:
            process.send_signal(signal.SIGINT if stopped.signum == signal.SIGINT else signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            # communicate() goes on reading, or a program with much to say would block
            process.communicate(timeout=GRACE) if on_line else process.wait(GRACE)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill() if interactive else os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _exit_code(returncode):
    return 128 - returncode if returncode < 0 else returncode
