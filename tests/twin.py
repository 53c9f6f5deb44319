"""The oracle: the whole ranking by brute force, from the records, one instance after another.

It shares with the library only what is no part of a ranking: records, requests as sent, the policy's numbers, the names of places, levels
and clusters, datums, and an encoder's vectors of texts. Written from DESIGN.md and the docstrings; where code and twin differ, one is wrong.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommender.domain import (
    Approval,
    Catalogue,
    Course,
    CourseInstance,
    Mode,
    SiteStatus,
    SkillLevel,
)
from recommender.policy import Audience, OnlinePolicy, Policy
from tests.twin_answer import Scored, Tier, TwinAnswer, TwinItem
from tests.twin_wish import Lookup, Request, Wish, loosenings

DECIMALS, COARSE_DECIMALS = 9, 6  # the coarse ones for values made of fractions, which instances keep in float32
COARSE = ("industry", "quality")
LADDER = tuple(SkillLevel)


class NothingToWeigh(Exception):
    """The request says nothing that its weights could weigh."""


@dataclass(frozen=True)
class TextLine:
    """A space of texts, and the line from likeness in it to a value."""

    name: str
    space: Any
    slope: float
    intercept: float


class Twin:
    """Answers like `Matcher.recommend`; of `texts` the first is the meaning, by which courses are alike."""

    def __init__(self, catalogue: Catalogue, policy: Policy, texts: Sequence[TextLine]) -> None:
        self.policy, self.texts = policy, texts
        self.lookup = Lookup(catalogue, policy)
        self.relations = catalogue.cluster_relations
        self.courses = {course.course_id: course for course in catalogue.courses}
        self.sites = {site.site_id: site for site in catalogue.sites}
        self.instances = catalogue.course_instances
        said = [_text_of(course) for course in catalogue.courses]
        rows = [text.space.encode_passages(said).astype(np.float64) for text in texts]
        self.rows = [dict(zip(self.courses, each, strict=True)) for each in rows]
        self.vectors = self.rows[0]

    def answer(self, request: Request, *, today: datetime.date) -> TwinAnswer:
        """Return the answer to `request` on the day `today`."""
        wish = self.lookup.wish(request, today)
        diversity = self.policy.diversity if request.diversity is None else request.diversity
        score = self._scorer(wish, self._weights(wish, request))
        failures = Counter(name for instance in self.instances for name in self.failures(wish, instance))
        tiers = self._tiers(wish, request.k)
        items: list[TwinItem] = []
        before = 0
        for tier in tiers:
            items += self._list(
                tier, wish, score, diversity, wanted=request.offset + request.k - len(items), before=before
            )
            before += len(tier.courses)
        relaxations = [tier.relaxation for tier in tiers if tier.relaxation]
        return TwinAnswer(items[request.offset :], len(tiers[0].courses), dict(failures), relaxations)

    def scores(self, request: Request, *, today: datetime.date) -> dict[str, float]:
        """Return the score of every instance that is eligible for `request`, by id."""
        wish = self.lookup.wish(request, today)
        score = self._scorer(wish, self._weights(wish, request))
        return {i.instance_id: score(i).score for i in self.instances if not self.failures(wish, i)}

    def _weights(self, wish: Wish, request: Request) -> dict[str, float]:
        usual = self.policy.weights(Audience.ENTERPRISE if wish.enterprise else Audience.LEARNER)
        return {preference.value: weight for preference, weight in (request.weights or usual).items()}

    def failures(self, wish: Wish, instance: CourseInstance) -> list[str]:
        """Return the names of the conditions that an instance does not meet."""
        course, site = self.courses[instance.course_id], self.sites.get(instance.site_id or "")
        distance = wish.distances.get(instance.site_id or "")
        left = None if instance.seats is None else max(instance.seats - instance.enrolled, 0)
        at_site, at_enterprise = instance.mode is Mode.AT_SITE, instance.mode is Mode.AT_ENTERPRISE
        people = wish.headcount if wish.enterprise else 1
        limit, radius, least = wish.maximum_distance_km, instance.service_radius_km, instance.minimum_headcount
        above = (
            LADDER.index(course.skill_level) - LADDER.index(wish.level) if course.skill_level and wish.level else None
        )
        broken = {
            "not_approved": course.approval is not Approval.APPROVED,
            "site_inactive": site is not None and site.status is not SiteStatus.ACTIVE,
            "enrolment_closed": instance.enrolment_deadline is not None and instance.enrolment_deadline < wish.day,
            "ended": instance.end_date is not None and instance.end_date < wish.day,
            "full": left == 0,
            "already_completed": course.course_id in wish.completed,
            "mode_unwanted": instance.mode not in wish.modes,
            "too_far": at_site and distance is not None and limit is not None and distance > limit,
            "starts_too_late": wish.starts_by is not None
            and instance.start_date is not None
            and instance.start_date > wish.starts_by,
            "level_out_of_reach": above is not None and wish.level_reach is not None and above > wish.level_reach,
            "outside_service_radius": at_enterprise
            and distance is not None
            and radius is not None
            and distance > radius,
            "too_few_people": at_enterprise and people is not None and least is not None and people < least,
        }
        return [name for name, fails in broken.items() if fails]

    def values(self, wish: Wish, instance: CourseInstance, asked: Sequence[np.ndarray]) -> dict[str, float]:
        """Return every preference that has a part, with its value; `asked` holds the request's vector in each space."""
        course, site = self.courses[instance.course_id], self.sites.get(instance.site_id or "")
        scored = None if instance.mode is Mode.ONLINE or site is None else site.quality
        values = {"quality": self.policy.unknown_quality if scored is None else scored}
        if wish.said:
            for text, rows, vector in zip(self.texts, self.rows, asked, strict=True):
                values[text.name] = text.slope * float(rows[course.course_id] @ vector) + text.intercept
        if wish.located:
            values["place"] = self._proximity(wish, instance)
        if wish.level:
            steps = LADDER.index(course.skill_level) - LADDER.index(wish.level) if course.skill_level else None
            values["level"] = self.policy.open_level_fit if steps is None else self.policy.level_fit[steps]
        if wish.cluster_id:
            related = [self._relatedness(wish.cluster_id, cluster_id) for cluster_id in set(course.clusters)]
            values["industry"] = sum(related) / len(related) if related else 0.0
        if wish.schedules:
            values["schedule"] = float(instance.schedule is None or instance.schedule in wish.schedules)
        return values

    def _asked(self, wish: Wish, space: Any) -> np.ndarray:
        """Return the vector of what is asked: what was said first, and a share of the rest; of length 1."""
        first, *rest = [*wish.said, ""][: max(len(wish.said), 1)]
        vector = space.encode_queries([first])[0].astype(np.float64)
        if rest:
            vector = vector + self.policy.context_share * space.encode_queries(["。".join(rest)])[0].astype(np.float64)
            length = np.linalg.norm(vector)
            vector = vector / length if length else vector
        return vector

    def _proximity(self, wish: Wish, instance: CourseInstance) -> float:
        neutral = self.policy.neutral_proximity
        if instance.mode is Mode.ONLINE:
            return {OnlinePolicy.NEAR: 1.0, OnlinePolicy.NEUTRAL: neutral, OnlinePolicy.FAR: 0.0}[wish.online_policy]
        if instance.mode is Mode.AT_ENTERPRISE:
            return 1.0 if wish.enterprise else neutral
        distance = wish.distances.get(instance.site_id or "")
        return neutral if distance is None else 2.0 ** (-distance / wish.half_distance_km)

    def _relatedness(self, one: str, other: str) -> float:
        pairs = [r.relatedness for r in self.relations if {r.cluster_id, r.related_cluster_id} == {one, other}]
        return 1.0 if one == other else pairs[-1] if pairs else 0.0

    def _scorer(self, wish: Wish, given: dict[str, float]) -> Any:
        """Return the function from an instance to its score, weights spread over the preferences that have a part."""
        asked = [self._asked(wish, text.space) for text in self.texts]
        weighed = (
            {name: given.get(name, 0.0) for name in self.values(wish, self.instances[0], asked)}
            if self.instances
            else {}
        )
        total = sum(weighed.values())
        if not total:
            raise NothingToWeigh

        def score(instance: CourseInstance) -> Scored:
            values = self.values(wish, instance, asked).items()
            parts = {
                name: (round(value, COARSE_DECIMALS if name in COARSE else DECIMALS), weighed[name] / total)
                for name, value in values
                if weighed[name]
            }
            return Scored(instance, round(sum(value * weight for value, weight in parts.values()), DECIMALS), parts)

        return score

    def _tiers(self, wish: Wish, k: int) -> list[Tier]:
        """Return the eligible instances, then what each loosening that gained a course added, until there are `k` courses."""
        tiers = [Tier([i for i in self.instances if not self.failures(wish, i)], None)]
        listed = set(tiers[0].courses)
        for constraint, field, to in loosenings(wish):
            if len(listed) >= k:
                break
            attempt = replace(wish, **{field: to})
            gained = Tier(
                [i for i in self.instances if i.course_id not in listed and not self.failures(attempt, i)], None
            )
            if gained.courses:
                report = {
                    "constraint": constraint,
                    "field": field,
                    "from": getattr(wish, field),
                    "to": to,
                    "gained": len(gained.courses),
                }
                tiers.append(Tier(gained.instances, report))
                listed |= gained.courses
                wish = attempt
        return tiers

    def _list(
        self, tier: Tier, wish: Wish, score: Any, diversity: float, *, wanted: int, before: int
    ) -> list[TwinItem]:
        """Return a tier's first `wanted` courses in the order in which they are shown."""
        by_course: dict[str, list[Scored]] = defaultdict(list)
        for scored in sorted(map(score, tier.instances), key=lambda s: s.order):
            by_course[scored.instance.course_id].append(scored)
        courses = sorted(by_course.values(), key=lambda found: found[0].order)
        items = []
        for place in self._greedy(courses, diversity, wanted):
            best, *others = courses[place]
            alternatives = self._alternatives(best, others)
            relaxed = self.failures(
                wish, best.instance
            )  # what the request itself asked for and this class does not hold
            chosen = best.instance
            distance = None if chosen.mode is Mode.ONLINE else wish.distances.get(chosen.site_id or "")
            items.append(
                TwinItem(
                    chosen.course_id,
                    chosen.instance_id,
                    best.score,
                    before + place + 1,
                    distance,
                    best.parts,
                    alternatives,
                    relaxed,
                )
            )
        return items

    def _greedy(self, courses: list[list[Scored]], diversity: float, wanted: int) -> list[int]:
        """Return which of `courses`, the best first, are taken one after another by score less diversity x likeness to those taken."""
        scores = np.array([found[0].score for found in courses])
        vectors = np.array([self.vectors[found[0].instance.course_id] for found in courses])
        likeness, taken = np.zeros(len(courses)), []
        for _ in range(min(wanted, len(courses))):
            values = scores - diversity * likeness
            values[taken] = -np.inf
            taken.append(int(values.argmax()))
            likeness = np.maximum(likeness, np.round(vectors @ vectors[taken[-1]], DECIMALS))
        return taken

    def _alternatives(self, best: Scored, others: list[Scored]) -> list[tuple[str, float]]:
        """Return the course's best instance at every other place, best first."""
        found: dict[tuple[str | None, Mode], Scored] = {(best.instance.site_id, best.instance.mode): best}
        for other in others:
            found.setdefault((other.instance.site_id, other.instance.mode), other)
        return [(scored.instance.instance_id, scored.score) for scored in list(found.values())[1:]][
            : self.policy.alternatives
        ]


def _text_of(course: Course) -> str:
    return "。".join(part for part in (course.title, *course.occupations, course.description) if part)
