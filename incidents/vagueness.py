"""Words that stand where a number would say more, and sentences that are hard to follow. Pure: text in, places out.

It marks and asks; it changes nothing and forbids nothing. What stands in code, in an address or in quotation marks is
left alone, and so is a sentence that gives its number: “many users, 1,240 of them” is as good as it gets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MOST_WORDS = 35

PEOPLE = (
    r"users?|customers?|clients?|people|visitors?|accounts?|tenants?|merchants?|partners?|"
    r"subscribers?|guests?|members?|passengers?|employees|colleagues|teams"
)
TIME = r"seconds|minutes|hours|days|weeks|months"
THINGS = (
    r"requests?|orders?|payments?|bookings?|transactions?|sessions?|calls|tickets?|complaints?|messages?|mails|e-?mails|"
    r"records?|rows|files|events|jobs|servers?|nodes|pods|instances|services?|systems?|regions?|sites|pages|devices|"
    r"errors?|failures?|timeouts?|alerts?|retries|times"
)
AMOUNTS = (
    r"impact|effects?|loss(?:es)?|damage|increases?|decreases?|drops?|rises?|spikes?|delays?|backlog|slow-?downs?|outages?|"
    r"degradation|disruptions?|parts?|portion|share|percentage|fraction|number|amounts?|volume|costs?|latency|load|traffic"
)
ADJECTIVES = (
    r"significant|substantial|considerable|huge|massive|enormous|tremendous|large|big|severe|serious|major|minor|small|"
    r"slight|minimal|negligible|limited|heavy|high|noticeable"
)
ADVERBS = (
    r"significantly|substantially|considerably|massively|hugely|enormously|severely|seriously|heavily|slightly|badly|"
    r"minimally|noticeably|dramatically"
)
CHANGED = (
    r"affected|impacted|degraded|slower|slow|faster|higher|lower|increased|decreased|reduced|delayed|impaired|elevated|"
    r"disrupted|dropped|rose|fell|limited"
)
OFTEN = r"often|frequently|sometimes|occasionally|repeatedly|regularly"
MANY = (
    r"many|several|some|few|numerous|various|most|countless|(?:quite )?a few|a lot of|lots of|plenty of|a number of|"
    r"a handful of|a couple of|dozens of|hundreds of|thousands of|tons of|the majority of|a majority of"
)
# Up to two words between the vague one and what it counts: “some of our paying customers”.
BETWEEN = (
    r"(?:\s+(?:of|the|our|all|these|those|their|its|other|more|[a-z]+(?:ing|ed|al|ern|ent)|paying|active|new)){0,3}"
)

ASK_PEOPLE = "How many? A number, or a share such as 12 %."
ASK_TIME = "How long exactly? Name the minutes, or the times from and to."
ASK_COUNT = "How many, and of how many?"
ASK_AMOUNT = "How much? A number with its unit; “unknown” is an answer too."
ASK_OFTEN = "How often? So many of so many."


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    ask: str


def _rule(pattern: str, ask: str) -> Rule:
    # A hyphen makes it a name: some-service, high-load-cluster.
    return Rule(re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), ask)


RULES = [
    _rule(rf"(?:{MANY}){BETWEEN}\s+(?:{PEOPLE})", ASK_PEOPLE),
    _rule(r"(?:almost|nearly|virtually)\s+(?:all|every|everyone|everybody|no one|nobody)(?:\s+\w+)?", ASK_PEOPLE),
    _rule(rf"(?:{MANY}){BETWEEN}\s+(?:{TIME})|for (?:a (?:long |short )?(?:while|time)|some time|hours|days|ages)", ASK_TIME),
    _rule(rf"(?:{MANY}){BETWEEN}\s+(?:{THINGS})", ASK_COUNT),
    _rule(rf"(?:{ADJECTIVES})(?:\s+(?:negative|financial|user|customer|business|performance)){{0,2}}\s+(?:{AMOUNTS})", ASK_AMOUNT),
    _rule(rf"(?:{ADVERBS})\s+(?:{CHANGED})|(?:{CHANGED})\s+(?:{ADVERBS})", ASK_AMOUNT),
    _rule(rf"(?<=impact )(?:was|is)\s+(?:{ADJECTIVES})|(?:loss|losses|damage|delay) (?:was|were|is)\s+(?:{ADJECTIVES})", ASK_AMOUNT),
    _rule(rf"(?:failed|crashed|errored|timed out|happened|occurred)\s+(?:{OFTEN})", ASK_OFTEN),
]  # fmt: skip

# What is no prose: code, addresses, blocks, and what somebody else said.
# Each pair shuts out its own opening sign, so that a text of nothing but those takes no time.
NOT_PROSE = re.compile(
    r"`[^`\n]*`|https?://\S+|\{\{[^{}\n]*\}\}|“[^“”\n]*”|\"[^\"\n]*\"|«[^«»\n]*»|\[[^\[\]\n]*\]\([^()\s]*\)|<[^<>\n]*>"
)
SENTENCE_ENDS = re.compile(r"[.!?…]+[)\"”’]*(?=\s+\S)|\n\s*\n|\n(?=\s*(?:[-*+|#>]|\d+[.)])\s?)")
# A count or a share; not a time of day, a date, a version, nor a number that is part of a name.
NUMBER = re.compile(r"(?<![\w:.,/-])\d[\d,.’ ]*\d?(?:\s?(?:%|k|m|million|thousand))?(?![\w:/-])", re.IGNORECASE)
WORD = re.compile(r"\w[\w’'-]*")


@dataclass(frozen=True)
class Marked:
    """Words with the question they leave open; `start` and `end` are their place in the text."""

    start: int
    end: int
    words: str
    ask: str


@dataclass(frozen=True)
class LongSentence:
    start: int
    end: int
    word_count: int
    beginning: str


def vague_words(text: str) -> list[Marked]:
    """In the order in which they stand, none twice."""
    found: list[Marked] = []
    for start, sentence in sentences_of(prose_of(text)):
        if not NUMBER.search(sentence):
            found += _in_sentence(start, sentence)
    return found


def long_sentences(text: str, most_words: int = MOST_WORDS) -> list[LongSentence]:
    found = []
    for start, sentence in sentences_of(prose_of(text)):
        words = WORD.findall(sentence)
        if len(words) > most_words and "|" not in sentence:
            begin = start + len(sentence) - len(sentence.lstrip())
            found.append(LongSentence(begin, start + len(sentence), len(words), " ".join(words[:6])))
    return found


def _in_sentence(start: int, sentence: str) -> list[Marked]:
    taken: list[Marked] = []
    for rule in RULES:
        for match in rule.pattern.finditer(sentence):
            begin, end = start + match.start(), start + match.end()
            if not any(begin < other.end and other.start < end for other in taken):
                taken.append(Marked(begin, end, " ".join(match[0].split()), rule.ask))
    return sorted(taken, key=lambda vague: vague.start)


def sentences_of(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with its place; a list item and a cell of a table end one too."""
    start = 0
    for end in SENTENCE_ENDS.finditer(text):
        yield start, text[start : end.end()]
        start = end.end()
    yield start, text[start:]


def prose_of(text: str) -> str:
    """The same text, as long as it was, with blanks in place of all that is no prose."""
    lines, in_code = [], False
    for line in text.split("\n"):
        is_fence = line.lstrip().startswith(("```", "~~~"))
        lines.append(" " * len(line) if in_code or is_fence else NOT_PROSE.sub(lambda part: " " * len(part[0]), line))
        in_code = in_code != is_fence
    return "\n".join(lines)
