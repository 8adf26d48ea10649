"""Runs a program on a terminal of its own: terminal.py ANSWER PROGRAM ARGUMENTS... types ANSWER at its first question
("-" types nothing), prints what the terminal showed and ends with the program's code."""
import os
import pty
import select
import sys

answer, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown = b""
while select.select([terminal], [], [], 30)[0]:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if answer != "-" and (b"go on: " in shown or b"[y/N] " in shown):
        os.write(terminal, answer.encode() + b"\n")
        answer = "-"
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
