"""Words that look for who was wrong where the system could be asked. Pure: text in, places out.

They are marked with a question about the system, and nothing is changed or forbidden: a name may stand in an account, and
“I forgot” is brave. What is quoted is left alone: somebody said it. See Sidney Dekker, “The Field Guide to Understanding
‘Human Error’” (hindsight, counterfactuals, judging instead of explaining), for why each of them ends a search too early.
"""

import re
from typing import NamedTuple

from incidents.vagueness import Marked, prose_of, sentences_of

ROLES = (
    r"developers?|engineers?|operators?|admins?|administrators?|programmers?|authors?|reviewers?|responders?|testers?|"
    r"technicians?|interns?|contractors?|employees?|colleagues?|managers?|(?:tech|team|product) (?:lead|owner|member)s?|"
    r"on-?call|sre|dba|person|guy|people|team members?|someone|somebody|everyone|nobody|agent"
)
# Whoever is spoken of, but “we”: a team may say of itself what it did not do.
PERSON = rf"(?:(?:the|an?|our|their|some|one|this|that|another)\s+)?(?:\w+\s+)?(?:{ROLES})|he|she|they|you|i"
ANYBODY = rf"(?:{PERSON}|we)"
NOT = r"(?:did(?:n['’]t| not)|had(?:n['’]t| not)|never|do(?:es)?(?:n['’]t| not)(?= care))"
CARE = (
    r"care|bother|think|check|test|read|look|notice|follow|ask|try|pay|understand|know|listen|remember|realis[e]|realiz[e]|"
    r"validate|verify|review|communicate|tell|speak|scroll"
)
FAULT = (
    r"(?:pushed|deployed|merged|broke|caused|deleted|dropped|approved|forgot|changed|ran|released|committed|shipped|wrote|"
    r"introduced|let|allowed|missed|touched|did)"
)

ASK_QUESTION = "What in our system allowed it? Who did it leads to a person; what made it possible leads to a cause."
ASK_WHY = "What made it look right at that moment, with what could be seen? Ask what they knew, not why they did not."
ASK_DUTY = "What would make the right thing easy next time, for anybody?"
ASK_ERROR = "This is where the question starts: what made the slip possible, and why did nothing stop it?"
ASK_PERSON = "What did it look like to them, and what in the tools, the docs or the day made it likely for anybody?"
ASK_HINDSIGHT = "That is known now. What was known then, and why did what was done make sense?"
ASK_JUDGE = "That judges and explains nothing. What happened, in which order, and what led to it?"
ASK_CARE = "People are careful already. What could the system check, limit or make impossible?"


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    ask: str


def _rule(ask: str, *alternatives: str) -> Rule:
    return Rule(re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?![\w-])", re.IGNORECASE), ask)


PARTICIPLE = r"(?!(?:able|been|had|existed|stopped)\b)\w*(?:ed|en|ght|un|ne|wn|de|pt|lt|nt|ld|ood|id)"
# What is meant to act by itself may be said to have failed.
MACHINES = (
    "bot",
    "it",
    "that",
    "which",
    "monitoring",
    *(f"{one}{s}" for one in ("system", "service", "script", "alert", "job", "check") for s in ("", "s")),
)
NO_MACHINE = "".join(rf"(?<!{word} )" for word in MACHINES)
SLIPPED = (
    r"forgot|failed to|neglected|overlooked|misjudged|misread|misunderstood|mismanaged|ignored|messed up|screwed up|lied|"
    r"refused to|got it wrong|mistakenly|carelessly"
)

RULES = [
    _rule(
        ASK_QUESTION,
        rf"who(?: the \w+| else)?\s+{FAULT}\b[^?.!\n]{{0,160}}(?=\?)",
        r"who(?:['’]s| is| was) (?:to blame|responsible|at fault)",
        r"whose (?:fault|mistake|change|commit)\b[^?.!\n]{0,160}(?=\?)",
    ),
    _rule(
        ASK_WHY, rf"why\s+(?:did|do|does|would|were|was|have|has)(?:n['’]t)?\s+(?:{PERSON})\b[^?.!\n]{{0,160}}(?=\?)"
    ),
    _rule(
        ASK_DUTY,
        r"(?:this|that|it) (?:is|was)(?: all| entirely| clearly)? (?:your|his|her|their|my|\w+['’]s) "
        r"(?:responsibility|fault|job|mistake|problem|blunder)",
        r"(?:is|was|are|were) to blame",
    ),
    _rule(
        ASK_ERROR,
        r"(?<!never )(?<!not )(?<!no )(?<!any )(?<!than )(?:human|user|operator|manual|pilot|personal) errors?",
        r"operator mistakes?|fat[- ]finger(?:s|ed)?|(?:by|was a|is a|through a) mistake",
        r"(?:made|did|making|make)(?: (?:a|an|some|the|many|several))?(?: \w+)? (?:mistakes?|error of judge?ment)",
    ),
    _rule(
        ASK_PERSON,
        rf"(?:{ANYBODY})\s+(?:\w+ly\s+)?(?:{SLIPPED})|forgot(?:ten)? to",
        rf"(?:the|an?) (?:{ROLES})(?:\s+\w+){{0,5}}\s+(?:{SLIPPED})",
    ),
    _rule(
        ASK_PERSON,
        rf"(?:{PERSON}|(?:the|a) users?)\s+(?:just\s+|simply\s+)?{NOT}\s+(?:\w+ly\s+|even\s+|just\s+)?(?:{CARE})(?:ed)?",
        rf"(?:{ROLES}|them)\s+(?:was|were|is|are)(?:n['’]t| not) (?:\w+\s+)?(?:careful|involved|invested|aware|paying)",
        r"not all (?:\w+ )?(?:members|people)|not (?:everyone|everybody)",
    ),
    _rule(
        ASK_HINDSIGHT,
        rf"{NO_MACHINE}(?:should|ought to)(?:n['’]t| not)?(?: \w+ly)? have(?: \w+ly)?(?: been(?! able))?(?: more)? {PARTICIPLE}",
        rf"should['’]ve(?: more)? {PARTICIPLE}",
        r"wish (?:i|we|he|she|they) (?:had|could)",
    ),
    _rule(
        ASK_HINDSIGHT,
        rf"if (?:only )?(?:{ANYBODY})(?<!you)\s+had(?: not|n['’]t)?(?: \w+ly)? \w+(?=[^.!?\n]{{0,200}}\b(?:would|could|might)\b)",
        rf"(?:{ANYBODY})\s+could (?:have|['’]ve)(?! (?:been|helped))(?: \w+ly)? \w+",
        r"(?:could|would|might) have (?:easily )?(?:been (?:easily )?(?:avoided|prevented|caught|noticed)|saved)",
    ),
    _rule(
        ASK_JUDGE,
        r"careless(?:ly|ness)?|reckless(?:ly|ness)?|negligen(?:t|tly|ce)|incompeten(?:t|ce|tly)|sloppy|sloppiness|clueless",
        # What loads lazily is a way of loading.
        r"lazy(?! (?:init|load|design|eval|import|mode))|lazily(?! (?:load|init|eval|import))|laziness",
        r"stupid(?:ly|ity)?|dumb|idiot(?:ic|s)?|irresponsib(?:le|ly)|inexcusabl[ey]|unacceptabl[ey]|unprofessional(?:ly)?",
        r"bad (?:decision|judge?ment|call)|poor (?:judge?ment|decision|attitude)|(?:his|her|their) attitude|common sense|rookie",
        r"lack of (?:focus|initiative|care|attention|discipline|effort|common sense|diligence)|annoying|procrastinat\w+",
        r"in (?:all )?the wrong places?|did it wrong|(?:he|she|they)(?:['’]s| is| was| are| were)(?: \w+)? too \w+",
        r"(?:he|she) (?:is|was)(?: very| so| easily)? (?:sensitive|irritated|angry|absent|slow|difficult)",
    ),
    _rule(
        ASK_CARE,
        r"be (?:more |extra |very )?(?:careful|attentive|vigilant|diligent|aware|cautious)|(?:pay|paying) (?:more|closer|better) attention",
        r"more (?:careful(?:ly)?|diligent(?:ly)?|discipline)|try harder|do better|be better at|think twice|not (?:to )?underestimate",
        r"(?:make sure|ensure)(?: that)? (?:we|everyone|everybody|people)",
    ),
]


def blame_in(text: str) -> list[Marked]:
    """In the order in which they stand, none twice."""
    found: list[Marked] = []
    for start, sentence in sentences_of(prose_of(text)):
        taken, marked = bytearray(len(sentence)), []
        for rule in RULES:
            for match in rule.pattern.finditer(sentence):
                begin, end = match.span()
                if not any(taken[begin:end]):
                    taken[begin:end] = b"\1" * (end - begin)
                    marked.append(Marked(start + begin, start + end, " ".join(match[0].split()), rule.ask))
        found += sorted(marked, key=lambda one: one.start)
    return found
