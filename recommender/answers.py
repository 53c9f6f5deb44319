"""Answers as plain JSON-ready data, in the shape of the HTTP contract."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from recommender.blocks.place import at_enterprise_proximity
from recommender.cards import Cards
from recommender.columns import NO_SITE
from recommender.constraints import MEANINGS as CONSTRAINT_MEANINGS
from recommender.constraints import Constraint, Held, excluded
from recommender.delivery import nearest_sites
from recommender.domain import Mode
from recommender.explanation import MEANINGS, NO_PART, Listed, reason
from recommender.language import Language
from recommender.listing import Entry, Lister
from recommender.policy import Audience
from recommender.relaxation import Relaxation, Tier
from recommender.resolution import ResolvedRequest

Json = dict[str, Any]
_REASONS = 4
_WORTH_SAYING = 0.2  # a preference whose value lies below this does not speak for the item


class AnswerWriter:
    """Writes the answer to one request."""

    def __init__(self, lister: Lister, cards: Cards, held: Mapping[Constraint, Held], tiers: Sequence[Tier]) -> None:
        self.lister = lister
        self.cards = cards
        self.held = held
        self.tiers = tiers
        self._snapshot = lister.snapshot
        self._network = lister.snapshot.network
        self._request = lister.request
        self._language = lister.request.language
        self._english = self._language is Language.EN
        self._preferences = self._weighed()

    def _weighed(self) -> list[tuple[int, Any, str, float]]:
        """Return column, preference, name of its meaning and weight of every preference that has a part and a weight."""
        layout, vector = self._snapshot.layout, self.lister.vector
        return [
            (column, preference, MEANINGS[preference].in_language(self._language), weight)
            for column, (preference, weight) in enumerate(zip(layout.preferences, vector.weights.tolist(), strict=True))
            if weight
        ]

    def write(self) -> Json:
        """Return the whole answer."""
        entries = self.lister.page(self.tiers)
        return {
            "snapshot": self._snapshot.version,
            "as_of": self._request.as_of.isoformat(),
            "items": self.items(entries, range(self._request.offset + 1, self._request.offset + 1 + len(entries))),
            "eligible_courses": self.tiers[0].courses,
            "excluded": excluded(self.held),
            "relaxations": [_relaxation(tier.relaxation, self._language) for tier in self.tiers if tier.relaxation],
            "policy": self.policy(),
        }

    def items(self, entries: Sequence[Entry], ranks: Iterable[int | None]) -> list[Json]:
        """Return courses as a list shows them; a rank is None where it is not known."""
        if not entries:
            return []
        values = self.lister.values([entry.row for entry in entries]).tolist()
        admitted = np.logical_or.reduce([tier.mask for tier in self.tiers])
        others = self.lister.alternatives(entries, admitted, self._snapshot.policy.alternatives)
        return [self._item(*parts) for parts in zip(ranks, entries, values, others, strict=True)]

    def _item(self, rank: int | None, entry: Entry, values: list[float], others: list[tuple[int, float]]) -> Json:
        network, row = self._network, entry.row
        course_row, site_row = int(network.course_of[row]), int(network.site_of[row])
        listed = Listed(
            course=network.courses[course_row],
            instance=network.instances[row],
            site=None if site_row == NO_SITE else network.sites[site_row],
            distance_km=self.distance_km(row),
            request=self._request,
            taxonomy=network.taxonomy,
        )
        contributions = self._contributions(listed, values)
        item: Json = {
            "rank": rank,
            "score": entry.score,
            "score_rank": entry.score_rank,
            "course": self.cards.course(course_row, self._language),
            "instance": self.cards.instance(row),
            "site": self.cards.site(site_row),
            "distance_km": listed.distance_km,
            "contributions": contributions,
            "reasons": self._reasons(listed, contributions, entry),
            "alternatives": [self._alternative(*other) for other in others],
            "relaxed": [c.value for c, held in self.held.items() if not held.mask[row]] if entry.relaxation else [],
            "diversity": self._diversity(entry),
        }
        if self._request.audience is Audience.ENTERPRISE and listed.course.customisable:
            item["nearest_sites"] = nearest_sites(network, self._request, row)
        return item

    def distance_km(self, row: int) -> float | None:
        """Return how far away the site of the class in `row` is, to the metre; None for an online class, and where nobody knows."""
        site_row = int(self._network.site_of[row])
        if site_row == NO_SITE or self._network.instances[row].mode is Mode.ONLINE:
            return None
        distance = self._request.site_distances_km.item(site_row)
        return None if distance != distance else round(distance, 3)

    def _contributions(self, listed: Listed, values: list[float]) -> list[Json]:
        return [
            {
                "name": preference.value,
                "meaning": meaning,
                "value": round(values[column], 6),
                "weight": round(weight, 9),
                "contribution": round(values[column] * weight, 9),
                "reason": reason(listed, preference, values[column]),
            }
            for column, preference, meaning, weight in self._preferences
        ]

    def _reasons(self, listed: Listed, contributions: list[Json], entry: Entry) -> list[str]:
        """Return the sentences of the parts that speak for the item, strongest first, then what one should know."""
        strongest = sorted(contributions, key=lambda part: -part["contribution"])
        reasons = [part["reason"] for part in strongest if part["value"] >= _WORTH_SAYING][:_REASONS]
        missing = [p for p in listed.course.prerequisites if p not in self._request.completed_course_ids]
        if missing:
            titles = [self._network.courses[self._network.course_row[p]].title for p in missing]
            reasons.append(
                f"complete first: {', '.join(titles)}" if self._english else f"建议先修：{'、'.join(titles)}"
            )
        if self._request.audience is Audience.ENTERPRISE and listed.course.customisable:
            reasons.append("can be customised for the enterprise" if self._english else "可按企业需求定制")
        if entry.relaxation:
            meaning = CONSTRAINT_MEANINGS[entry.relaxation.constraint].in_language(self._language)
            reasons.append(f"listed although {meaning}" if self._english else f"放宽后列入：{meaning}")
        return reasons

    def _alternative(self, row: int, score: float) -> Json:
        instance = self._network.instances[row]
        site = self.cards.site(int(self._network.site_of[row]))
        return {
            "instance_id": instance.instance_id,
            "mode": instance.mode,
            "site_id": instance.site_id,
            "site_name": site and site["name"],
            "distance_km": self.distance_km(row),
            "score": score,
        }

    def _diversity(self, entry: Entry) -> Json | None:
        """Return why an item stands elsewhere than its score would put it; None where diversity took nothing from it."""
        if entry.like is None:
            return None
        like = self._network.courses[self._network.course_of[entry.like]]
        penalty = round(self._request.diversity * entry.likeness, 9)
        zh = f"与“{like.title}”相似（{entry.likeness:.2f}），为避免重复，排序时减去 {penalty:.3f}"
        en = f"like “{like.title}” ({entry.likeness:.2f}); {penalty:.3f} is taken off for the order, so that the list does not repeat itself"
        return {
            "like_course_id": like.course_id,
            "likeness": entry.likeness,
            "penalty": penalty,
            "reason": en if self._english else zh,
        }

    def policy(self) -> Json:
        """Return every default and convention that shaped the answer."""
        return {**_stated(self._request, self.lister), **self._weights()}

    def _weights(self) -> Json:
        layout, vector = self._snapshot.layout, self.lister.vector
        parts = zip(layout.preferences, vector.weights.tolist(), vector.has_part, strict=True)
        weights, no_part = {}, {}
        for preference, weight, part in parts:
            weights[preference.value] = round(weight, 9)
            if not part:
                no_part[preference.value] = NO_PART[preference].in_language(self._language)
        return {"weights": weights, "no_part": no_part}


def _stated(request: ResolvedRequest, lister: Lister) -> Json:
    policy = lister.snapshot.policy
    return {
        "online": request.online_policy.value,
        "online_proximity": policy.online_proximity(request.online_policy),
        "at_enterprise_proximity": at_enterprise_proximity(request.audience, policy),
        "unknown_site_proximity": policy.neutral_proximity,
        "half_distance_km": request.half_distance_km,
        "maximum_distance_km": request.maximum_distance_km,
        "level_reach": request.level_reach,
        "diversity": request.diversity,
        "modes": [mode.value for mode in request.modes],
    }


def _relaxation(relaxation: Relaxation, language: Language) -> Json:
    return {
        "constraint": relaxation.constraint.value,
        "field": relaxation.field,
        "from": plain(relaxation.before),
        "to": plain(relaxation.after),
        "gained": relaxation.gained,
        "meaning": CONSTRAINT_MEANINGS[relaxation.constraint].in_language(language),
    }


def plain(value: Any) -> Any:
    """Return a request's value as JSON holds it."""
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
