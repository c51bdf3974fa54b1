"""Talking to chat servers: any that speaks the OpenAI chat-completions protocol.

    settings.py   which server, which model, how to sample, what to spend
    client.py     requests, retries, time limits
    deadlines.py  one timer for the time limits of all requests
    answer.py     from a server's JSON to what was said
    usage.py      tokens, latencies and costs of a run
    blocking.py   the same client for code that is not asynchronous

Part of the core: agents use it, and so may environments in which another model speaks.
"""
