"""What is lost when a task is revealed bit by bit: the same instances in several settings, and the metrics of the protocol.

Laban, Hayashi, Zhou, Neville 2025, "LLMs Get Lost In Multi-Turn Conversation" (arXiv:2505.06120), sections 4 to 6. Works for
any environment that has `reveals`.

    plan.py         which worlds, settings and instances; runs them, resumably
    instructions.py those that repeat another count once
    comparison.py   what is played, and what was; tally.py: how far it is
    budget.py       limits on all of it together, and what was used
    gradual.py      the same told in 1, 2, ... messages
    metrics.py      performance, aptitude, unreliability, with intervals and paired tests
    diagnostics.py  first attempt, answer length, middle turns, verbosity
    lockin.py       what a wrong commitment costs, by intervention
    report.py       Markdown; report_json.py: for programs; figure.py: the picture; published.py: the paper's own table
"""
