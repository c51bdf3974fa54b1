"""An outsider's program that never imports turnbench itself."""

import gymnasium

env = gymnasium.make("turnbench:TurnBench/TwentyQ-v0", budget=10)
observation, info = env.reset(seed=3, options={"target": "piano"})
observation, reward, terminated, truncated, info = env.step("Is it a piano?")
assert (reward, terminated, truncated) == (1.0, True, False), (observation, reward)
assert info["ending"] == "success"
print("ok: an outsider's program plays through gymnasium alone")
