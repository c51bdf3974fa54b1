"""All scenes, and their sentences as phrasebooks, made when first used."""

from __future__ import annotations

from functools import cache

from turnbench.envs.sharded.tasks.summary.scenes.factory import FACTORY
from turnbench.envs.sharded.tasks.summary.scenes.festival import FESTIVAL
from turnbench.envs.sharded.tasks.summary.scenes.reserve import RESERVE
from turnbench.envs.sharded.tasks.summary.scenes.tram import TRAM
from turnbench.envs.sharded.wording import Phrasebook

SCENES = {scene.name: scene for scene in (TRAM, RESERVE, FESTIVAL, FACTORY)}


@cache
def findings(scene: str) -> Phrasebook:
    """What the documents of a scene can say; kinds are named "subject/kind"."""
    return Phrasebook(
        {
            f"{subject}/{kind}": one.ways
            for subject, about in SCENES[scene].subjects.items()
            for kind, one in about.kinds.items()
        }
    )


@cache
def queries() -> Phrasebook:
    """What can be asked; kinds are named "scene/subject"."""
    return Phrasebook(
        {
            f"{scene.name}/{subject}": about.queries
            for scene in SCENES.values()
            for subject, about in scene.subjects.items()
        }
    )
