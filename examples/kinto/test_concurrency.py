"""Many at once: nothing is lost, nothing is made twice."""

import anyio
import pytest
from client import Records
from models import NewTask, Refusal, Stored, Task

from redhanded import AsyncClient, Factory, expect

pytestmark = pytest.mark.integration


async def test_each_of_many_writers_gets_a_record_of_its_own(
    async_api: AsyncClient, tasks: Records, make: Factory
) -> None:
    created: list[Task] = []

    async def create(new: NewTask) -> None:
        answer = await async_api.post(tasks.path, json={"data": new})
        created.append(expect(answer, 201, Stored[Task]).data)

    async with anyio.create_task_group() as group:
        for new in make.many(NewTask, 20):
            group.start_soon(create, new)

    times = [task.last_modified for task in created]
    assert len({task.id for task in created}) == len(set(times)) == 20
    assert tasks.find() == sorted(created, key=lambda task: -task.last_modified)


async def test_who_comes_too_late_is_told(
    async_api: AsyncClient, tasks: Records, task: Task
) -> None:
    """Each writer who saw the first version either wins or hears 412; the record is a winner's."""
    headers = {"If-Match": f'"{task.last_modified}"'}
    won: list[Task] = []

    async def write(number: int) -> None:
        answer = await async_api.patch(
            tasks.at(task), json={"data": {"title": f"writer {number}"}}, headers=headers
        )
        if answer.status_code == 200:
            won.append(expect(answer, 200, Stored[Task]).data)
        else:
            expect(answer, 412, Refusal)

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(write, number)

    assert tasks.get(task) in won


async def test_nobody_makes_what_somebody_else_has_made(
    async_api: AsyncClient, tasks: Records, make: Factory
) -> None:
    """Each writer makes it, finds it made (412), or loses at the very last moment (409)."""
    path, headers = tasks.at("once"), {"If-None-Match": "*"}
    made: list[Task] = []

    async def create(new: NewTask) -> None:
        answer = await async_api.put(path, json={"data": new}, headers=headers)
        if answer.status_code == 201:
            made.append(expect(answer, 201, Stored[Task]).data)
        else:
            expect(answer, {409, 412}, Refusal)

    async with anyio.create_task_group() as group:
        for new in make.many(NewTask, 8):
            group.start_soon(create, new)

    assert tasks.find() == [tasks.get("once")]
    assert tasks.get("once") in made


async def test_readers_are_not_held_up_by_a_writer(
    async_api: AsyncClient, tasks: Records, task: Task
) -> None:
    """A reader sees one version whole, never half of two."""
    seen: list[Task] = []

    async def write() -> None:
        for number in range(5):
            change = {"title": f"version {number}", "priority": number}
            expect(await async_api.patch(tasks.at(task), json={"data": change}), 200)

    async def read() -> None:
        for _ in range(5):
            answer = await async_api.get(tasks.at(task))
            seen.append(expect(answer, 200, Stored[Task]).data)

    async with anyio.create_task_group() as group:
        group.start_soon(write)
        for _ in range(3):
            group.start_soon(read)

    whole = {(f"version {number}", number) for number in range(5)} | {(task.title, task.priority)}
    assert {(each.title, each.priority) for each in seen} <= whole
