"""Twenty Questions, and the same game about cities."""

from turnbench.registration import register_env

_ENTRY = "turnbench.envs.twentyq.env:TwentyQ"

register_env("TurnBench/TwentyQ-v0", _ENTRY)
# Each level moves one axis of TwentyQ-v0.
register_env("TurnBench/TwentyQ-Small-v0", _ENTRY, subset="small")
register_env("TurnBench/TwentyQ-Listed-v0", _ENTRY, candidates=True)
register_env("TurnBench/TwentyQ-Unreliable-v0", _ENTRY, flip=0.1)
register_env("TurnBench/TwentyQ-Budget10-v0", _ENTRY, budget=10)
register_env("TurnBench/TwentyQ-Budget50-v0", _ENTRY, budget=50)

register_env("TurnBench/GuessMyCity-v0", _ENTRY, world="cities")
register_env("TurnBench/GuessMyCity-Listed-v0", _ENTRY, world="cities", candidates=True)
