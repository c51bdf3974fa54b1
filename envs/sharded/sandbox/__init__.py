"""Runs Python programs that a model wrote, in a process that can do nothing but compute.

    process     the near side: starts the fork server, holds the clock, reads what comes back
    zygote      the fork server, a Python without site-packages that has imported what programs may import
    job         one program in one fork: defines it, calls its function, sends the values
    lockdown    what a fork may not do: resource limits, and a system-call filter or an audit hook
    syscalls    the filter, as the instructions the kernel takes
    wire        plain data as JSON
    outcome     limits, and what a call came to

A fork is given the program's text, the name of a function and its inputs. What the outputs should be stays here, so a
program that reads every file, patches every comparison or forges every message has nothing to forge.
"""

from turnbench.envs.sharded.sandbox.outcome import Limits, Outcome
from turnbench.envs.sharded.sandbox.process import Sandbox, SandboxUnavailable, run_program, shared_sandbox

__all__ = ["Limits", "Outcome", "Sandbox", "SandboxUnavailable", "run_program", "shared_sandbox"]
