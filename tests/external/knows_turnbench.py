"""An outsider's program: knows `gymnasium` and `turnbench` and nothing else. Run against the installed wheel in CI."""

import gymnasium

import turnbench

assert turnbench.__version__
env = gymnasium.make("TurnBench/TwentyQ-v0")
observation, info = env.reset(seed=7)
assert observation.endswith("What is your first question?"), observation
terminated = truncated = False
turns = 0
while not (terminated or truncated):
    observation, reward, terminated, truncated, info = env.step("Is it alive?")
    turns += 1
assert (turns, reward, info["ending"]) == (20, 0.0, "out_of_turns"), (turns, reward, info)

batch = gymnasium.make_vec("TurnBench/TwentyQ-v0", num_envs=4)
observations, _ = batch.reset(seed=1)
observations, rewards, terminations, truncations, _ = batch.step(["Is it an animal?"] * 4)
assert all(o.startswith(("Yes.", "No.", "Sometimes.")) for o in observations), observations
print("ok: an outsider's program plays through gymnasium and turnbench")
