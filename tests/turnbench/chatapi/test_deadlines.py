"""Time limits with one timer for all: late work is cancelled, everything else is left alone."""

from __future__ import annotations

import asyncio

import pytest

from turnbench.chatapi.deadlines import Deadlines


async def taking(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


def test_each_piece_of_work_has_its_own_time() -> None:
    async def work() -> list[float | str]:
        deadlines = Deadlines(0.2)

        async def one(begin: float, seconds: float) -> float | str:
            await asyncio.sleep(begin)
            try:
                return await deadlines.within(taking(seconds))
            except TimeoutError:
                return "late"

        # The third begins when the first is nearly over: its limit counts from there.
        return await asyncio.gather(one(0, 5), one(0, 0.01), one(0.15, 0.1), one(0.15, 5), one(0, 0.01))

    assert asyncio.run(work()) == ["late", 0.01, 0.1, "late", 0.01]


def test_a_task_goes_on_after_a_limit_and_may_be_limited_again() -> None:
    async def work() -> list[str]:
        deadlines, said = Deadlines(0.02), []
        for seconds in (5, 0, 5):
            try:
                await deadlines.within(taking(seconds))
                said.append("in time")
            except TimeoutError:
                said.append("late")
            await asyncio.sleep(0)  # would raise if the cancellation were still pending
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        return said

    assert asyncio.run(work()) == ["late", "in time", "late"]


def test_cancelled_from_outside_is_no_limit() -> None:
    async def work() -> None:
        task = asyncio.create_task(Deadlines(5).within(taking(5)))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())


def test_an_outer_limit_that_falls_due_at_once_wins() -> None:
    async def work() -> None:
        deadlines = Deadlines(0.02)

        async def stubborn() -> None:
            async with asyncio.timeout(0.02):
                try:
                    await deadlines.within(asyncio.sleep(5))
                except TimeoutError:
                    await asyncio.sleep(5)

        with pytest.raises(TimeoutError):
            await stubborn()

    asyncio.run(asyncio.wait_for(work(), 3))


def test_errors_of_the_work_pass_and_nothing_stays_behind() -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise KeyError("where")

    async def work() -> None:
        deadlines = Deadlines(60)
        with pytest.raises(KeyError):
            await deadlines.within(broken())
        await deadlines.within(taking(0))
        assert not deadlines._due
        deadlines.close()
        assert not [h for h in asyncio.get_running_loop()._scheduled if not h.cancelled()]  # type: ignore[attr-defined]

    asyncio.run(work())
