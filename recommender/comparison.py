"""What another snapshot would change in the answers to the stored learners."""

import datetime
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from random import Random

from recommender.errors import InvalidRequest
from recommender.matcher import Matcher
from recommender.policy import MAXIMUM_K
from recommender.snapshot import Snapshot

SEED = 20_261_122
_MOST = 10  # courses shown of those that enter or leave
_EXAMPLES = 3  # learners shown


@dataclass(frozen=True, slots=True)
class Move:
    """One course's ranks in one learner's two lists, from 1: `before` is None when it entered, `after` when it left."""

    course_id: str
    title: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ChangedList:
    """What changed in one learner's list: the courses whose rank is another, in the new list's order, then those that left; `churn` in [0, 1]."""

    learner_id: str
    churn: float
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class CourseCount:
    """A course, and how many learners' lists it entered or left."""

    course_id: str
    title: str
    learners: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots' answers, `k` courses each, to the learners that both know.

    `churn` is the mean over the compared learners of 1 - 2 |A ∩ B| / (|A| + |B|), A and B being the courses listed before and after: the share of
    the listed courses that are not in the other list, in [0, 1], 0 for two empty lists, None when nobody was compared. Between lists of k courses
    it is 1 - overlap@k (Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", TOIS 2010, section 3), and blind to the order:
    `changed` counts the learners for whose list as much as a rank is another.

    `unanswered` are the learners to whom one of the two gives no answer, such as those whose profile says nothing; they are not compared.
    """

    before: str
    after: str
    k: int
    compared: int
    unanswered: int
    changed: int
    churn: float | None
    entered: tuple[CourseCount, ...]
    left: tuple[CourseCount, ...]
    examples: tuple[ChangedList, ...]

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def shared_learners(before: Snapshot, after: Snapshot, *, limit: int | None = None, seed: int = SEED) -> list[str]:
    """Return the ids of the learners that both know, in order; a random `limit` of them when there are more."""
    shared = sorted(before.network.learner_row.keys() & after.network.learner_row.keys())
    if limit is None or len(shared) <= limit:
        return shared
    return sorted(Random(seed).sample(shared, limit))


def compare(
    before: Matcher,
    after: Matcher,
    *,
    today: datetime.date,
    k: int = 10,
    learners: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare the best `k` courses for each of `learners` (ids that both know; None for all of them).

    Each side answers by its own record of the learner. `progress` is told how many have been compared, of how many. InvalidRequest when `k` is
    out of bounds, NotFound when one of the two does not know a learner.
    """
    if not 1 <= k <= MAXIMUM_K:
        raise InvalidRequest.of("k", f"应为 1 至 {MAXIMUM_K}。", f"Expected 1 to {MAXIMUM_K}.")
    asked = shared_learners(before.snapshot, after.snapshot) if learners is None else learners
    lists: list[ChangedList] = []
    for done, learner_id in enumerate(asked, 1):
        sides = [_listed(matcher, learner_id, today, k) for matcher in (before, after)]
        if sides[0] is not None and sides[1] is not None:
            lists.append(_changed(learner_id, sides[0], sides[1]))
        if progress:
            progress(done, len(asked))
    moves = [move for one in lists for move in one.moves]
    changed = [one for one in lists if one.moves]
    return Comparison(
        before=before.snapshot.version,
        after=after.snapshot.version,
        k=k,
        compared=len(lists),
        unanswered=len(asked) - len(lists),
        changed=len(changed),
        churn=sum(one.churn for one in lists) / len(lists) if lists else None,
        entered=_most([move for move in moves if move.before is None]),
        left=_most([move for move in moves if move.after is None]),
        examples=tuple(sorted(changed, key=lambda one: (-one.churn, one.learner_id))[:_EXAMPLES]),
    )


def _listed(matcher: Matcher, learner_id: str, today: datetime.date, k: int) -> dict[str, str] | None:
    """Return the ids and titles of the best courses, best first; None when the stored profile makes no request."""
    try:
        answer = matcher.recommend_to_learner(learner_id, today=today, k=k)
    except InvalidRequest:
        return None
    return {item["course"]["course_id"]: item["course"]["title"] for item in answer["items"]}


def _changed(learner_id: str, before: dict[str, str], after: dict[str, str]) -> ChangedList:
    was, now = ({course_id: rank for rank, course_id in enumerate(side, 1)} for side in (before, after))
    titles = before | after
    moves = tuple(
        Move(course_id, titles[course_id], was.get(course_id), now.get(course_id))
        for course_id in now | was
        if was.get(course_id) != now.get(course_id)
    )
    alone = len(was.keys() ^ now.keys())
    return ChangedList(learner_id, alone / (len(was) + len(now)) if alone else 0.0, moves)


def _most(moves: Sequence[Move]) -> tuple[CourseCount, ...]:
    titles = {move.course_id: move.title for move in moves}
    counts = Counter(move.course_id for move in moves)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(CourseCount(course_id, titles[course_id], count) for course_id, count in ordered[:_MOST])
