"""The families of word problems, in a fixed order."""

from __future__ import annotations

from turnbench.envs.sharded.tasks.math.families.collection import Collection
from turnbench.envs.sharded.tasks.math.families.harvest import Harvest
from turnbench.envs.sharded.tasks.math.families.reading import Reading
from turnbench.envs.sharded.tasks.math.families.recipe import Recipe
from turnbench.envs.sharded.tasks.math.families.rental import Rental
from turnbench.envs.sharded.tasks.math.families.savings import Savings
from turnbench.envs.sharded.tasks.math.families.shopping import Shopping
from turnbench.envs.sharded.tasks.math.families.tickets import Tickets
from turnbench.envs.sharded.tasks.math.families.trip import Trip
from turnbench.envs.sharded.tasks.math.families.workshop import Workshop
from turnbench.envs.sharded.tasks.math.family import Family

FAMILIES: tuple[Family, ...] = (
    Shopping(), Trip(), Workshop(), Recipe(), Savings(), Harvest(), Tickets(), Reading(), Rental(), Collection(),
)  # fmt: skip
