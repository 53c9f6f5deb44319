"""Where one course stands in the answer to a request, or what excludes it, and what would raise it: plain JSON-ready data."""

from collections import Counter
from typing import Any

from recommender.answers import AnswerWriter, plain
from recommender.columns import NO_SITE
from recommender.constraints import Constraint
from recommender.exclusion import Refused, refusal
from recommender.language import Bilingual
from recommender.listing import Entry
from recommender.pace import unhurried
from recommender.placing import ThoroughLister, tier_with
from recommender.policy import MAXIMUM_K
from recommender.raising import Raise, Raiser

Json = dict[str, Any]
_CLASSES = 50
_PATIENCE_SECONDS = 0.02


class StandingWriter:
    """Writes where the course in `course_row` stands in an answer."""

    def __init__(self, answer: AnswerWriter, course_row: int) -> None:
        self._answer = answer
        self._lister = ThoroughLister.of(answer.lister)
        self._request = answer.lister.request
        self._snapshot = answer.lister.snapshot
        self._network = answer.lister.snapshot.network
        self._course_row = course_row
        self._tier = tier_with(self._network, answer.tiers, course_row)
        rows = self._network.rows_of_course(course_row)
        self._failed = {row: [c for c, held in answer.held.items() if not held.mask[row]] for row in rows}

    def write(self) -> Json:
        """Return the whole answer."""
        listed = self._lister.first(self._answer.tiers, MAXIMUM_K)
        rank = next((rank for rank, entry in enumerate(listed, 1) if self._is_own(entry)), None)
        entry = listed[rank - 1] if rank else self._entry_beyond()
        relaxation = entry.relaxation if entry else None
        return {
            "snapshot": self._snapshot.version,
            "as_of": self._request.as_of.isoformat(),
            "course": self._answer.cards.course(self._course_row, self._request.language),
            "eligible": self._tier == 0,
            "listed_by": relaxation.constraint.value if relaxation else None,
            "rank": rank,
            "score_rank": entry.score_rank if entry and self._tier == 0 else None,
            "eligible_courses": self._answer.tiers[0].courses,
            "item": self._answer.items([entry], [rank])[0] if entry else None,
            "leader": self._leader(listed),
            "classes": self._classes(),
            "classes_total": len(self._failed),
            "excluded": self._excluded(),
            "changes": self._changes(rank),
            "policy": self._answer.policy(),
        }

    def _is_own(self, entry: Entry) -> bool:
        return int(self._network.course_of[entry.row]) == self._course_row

    def _entry_beyond(self) -> Entry | None:
        """Return the entry of a course that is listed, but not among the first: where it stands is then known by score alone."""
        if self._tier is None:
            return None
        tiers = self._answer.tiers
        tier, scores = tiers[self._tier], self._lister.scores
        row = max((row for row in self._failed if tier.mask[row]), key=scores.item)
        before = sum(tier.courses for tier in tiers[: self._tier])
        rank = before + self._lister.score_rank(tier.mask, self._course_row)
        return Entry(row, scores.item(row), rank, 0.0, None, tier.relaxation)

    def _leader(self, listed: list[Entry]) -> Json | None:
        """Return the course that stands first, in brief; None when it is this one, or there is none."""
        if not listed or self._is_own(listed[0]):
            return None
        item = self._answer.items(listed[:1], [1])[0]
        course = item["course"]
        return {
            "course_id": course["course_id"],
            "title": course["title"],
            "score": item["score"],
            "contributions": item["contributions"],
        }

    def _classes(self) -> list[Json]:
        score_of = self._lister.scores.item
        best = sorted(self._failed, key=lambda row: (-score_of(row), row))[:_CLASSES]
        return [self._class(row, score_of(row)) for row in best]

    def _class(self, row: int, score: float) -> Json:
        site_row = int(self._network.site_of[row])
        refused = Refused(
            course=self._network.courses[self._course_row],
            instance=self._network.instances[row],
            site=None if site_row == NO_SITE else self._network.sites[site_row],
            distance_km=self._answer.distance_km(row),
            request=self._request,
        )
        return {
            "instance": self._answer.cards.instance(row),
            "site": self._answer.cards.site(site_row),
            "distance_km": refused.distance_km,
            "score": score,
            "excluded": [{"constraint": one.value, "meaning": refusal(refused, one)} for one in self._failed[row]],
        }

    def _excluded(self) -> dict[str, int]:
        counts = Counter(constraint for failed in self._failed.values() for constraint in failed)
        return {constraint.value: counts[constraint] for constraint in Constraint if counts[constraint]}

    def _changes(self, rank: int | None) -> list[Json]:
        raiser = Raiser(self._lister, self._course_row, held=self._answer.held, tiers=self._answer.tiers)
        with unhurried(_PATIENCE_SECONDS):  # there are many to try, and others have their turn between
            return [self._change(one) for one in raiser.raises(rank)]

    def _change(self, one: Raise) -> Json:
        change, told = one.change, one.change.meaning
        place = Bilingual(f"这门课将排在第 {one.rank} 位", f"the course would stand at place {one.rank}")
        if one.rank is None:
            place = Bilingual(
                f"这门课将列入，按得分排在第 {one.score_rank} 位",
                f"the course would be listed, at place {one.score_rank} by score",
            )
        sentence = Bilingual(f"{told.zh}，{place.zh}", f"{told.en}: {place.en}")
        return {
            "field": change.field,
            "set": {field: plain(value) for field, value in change.fields.items()},
            "from": plain(change.before),
            "to": plain(change.after),
            "rank": one.rank,
            "score_rank": one.score_rank,
            "meaning": sentence.in_language(self._request.language),
        }
