import asyncio

from live.commands import text_of


def test_write_two_people_see_each_others_letters(visit, postmortem, mira, noor):
    one, other = visit(mira), visit(noor)

    async def scenario():
        async with one, other:
            await one.write("summary", "Hello 😀 ")
            await other.sees("Hello 😀 ")
            await other.write("summary", "world")
            await one.sees("Hello 😀 world")
            await one.is_saved()
            await other.is_saved()

    asyncio.run(scenario())

    assert text_of(postmortem.room, "summary") == "Hello 😀 world"
