"""Lists the packages: setuptools' own finder cannot follow a renamed folder, and all else is in pyproject.toml."""

from setuptools import find_packages, setup

ROOTS = {
    "turnbench": "turnbench",
    "turnbench.envs": "envs",
    "turnbench.baselines": "baselines",
    "turnbench.leaderboard": "leaderboard",
}
setup(packages=[q for name, folder in ROOTS.items() for q in [name, *(f"{name}.{p}" for p in find_packages(folder))]])
