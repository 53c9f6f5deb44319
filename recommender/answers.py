"""Answers as plain JSON-ready data, in the shape of the HTTP contract."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from recommender.blocks import RequestVector
from recommender.blocks.place import at_enterprise_proximity
from recommender.constraints import MEANINGS as CONSTRAINT_MEANINGS
from recommender.constraints import Constraint, Mask, excluded
from recommender.delivery import nearest_sites
from recommender.domain import CourseInstance, Mode
from recommender.explanation import MEANINGS, NO_PART, Listed, level_name, reason
from recommender.listing import Entry, Lister
from recommender.policy import Audience
from recommender.relaxation import Relaxation, Tier, count_courses
from recommender.resolution import ResolvedRequest
from recommender.snapshot import Snapshot

Json = dict[str, Any]
_REASONS = 3


def answer(
    snapshot: Snapshot, request: ResolvedRequest, masks: dict[Constraint, Mask], tiers: Sequence[Tier], lister: Lister
) -> Json:
    """Return the whole answer to a request for recommendations."""
    entries = lister.page(tiers)
    writer = _ItemWriter(snapshot, request, lister)
    admitted = np.logical_or.reduce([tier.mask for tier in tiers])
    return {
        "snapshot": snapshot.version,
        "as_of": request.as_of.isoformat(),
        "items": writer.items(entries, admitted),
        "eligible_courses": count_courses(snapshot.network, tiers[0].mask),
        "excluded": excluded(masks),
        "relaxations": [_relaxation(tier.relaxation, request) for tier in tiers if tier.relaxation],
        "policy": _policy(snapshot, request, lister.vector),
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _relaxation(relaxation: Relaxation, request: ResolvedRequest) -> Json:
    return {
        "constraint": relaxation.constraint.value,
        "field": relaxation.field,
        "from": _plain(relaxation.before),
        "to": _plain(relaxation.after),
        "gained": relaxation.gained,
        "meaning": CONSTRAINT_MEANINGS[relaxation.constraint].in_language(request.language),
    }


def _policy(snapshot: Snapshot, request: ResolvedRequest, vector: RequestVector) -> Json:
    """Return every default and convention that shaped the answer."""
    layout = snapshot.layout
    weights = {p.value: round(float(w), 9) for p, w in zip(layout.preferences, vector.weights, strict=True)}
    return {
        "online": request.online_policy.value,
        "online_proximity": snapshot.policy.online_proximity(request.online_policy),
        "at_enterprise_proximity": at_enterprise_proximity(request.audience, snapshot.policy),
        "unknown_site_proximity": snapshot.policy.neutral_proximity,
        "half_distance_km": request.half_distance_km,
        "maximum_distance_km": request.maximum_distance_km,
        "level_reach": request.level_reach,
        "diversity": request.diversity,
        "modes": [mode.value for mode in request.modes],
        "weights": weights,
        "no_part": {
            p.value: NO_PART[p].in_language(request.language)
            for p, part in zip(layout.preferences, vector.has_part, strict=True)
            if not part
        },
    }


class _ItemWriter:
    """Writes the items of one answer."""

    def __init__(self, snapshot: Snapshot, request: ResolvedRequest, lister: Lister) -> None:
        self.snapshot = snapshot
        self.network = snapshot.network
        self.request = request
        self.lister = lister
        self.english = request.language.value == "en"

    def items(self, entries: Sequence[Entry], admitted: Mask) -> list[Json]:
        rows = np.array([entry.row for entry in entries], dtype=np.intp)
        values = self.snapshot.layout.values(self.snapshot.instances.vectors[rows], self.lister.vector).tolist()
        first = self.request.offset + 1
        return [
            self._item(entry, value, rank, admitted)
            for rank, (entry, value) in enumerate(zip(entries, values, strict=True), first)
        ]

    def _item(self, entry: Entry, values: list[float], rank: int, admitted: Mask) -> Json:
        instance = self.network.instances[entry.row]
        course = self.network.courses[self.network.course_of[entry.row]]
        site_row = int(self.network.site_of[entry.row])
        site = self.network.sites[site_row] if site_row >= 0 else None
        listed = Listed(
            course,
            instance,
            site,
            self._distance_km(entry.row),
            self.request,
            self.network.taxonomy,
            self.snapshot.policy,
        )
        contributions = self._contributions(listed, values)
        item: Json = {
            "rank": rank,
            "score": entry.score,
            "score_rank": entry.score_rank,
            "course": self._course(listed),
            "instance": instance_json(instance),
            "site": self._site(listed),
            "distance_km": listed.distance_km,
            "contributions": contributions,
            "reasons": self._reasons(listed, contributions, entry),
            "alternatives": [
                self._alternative(row, score)
                for row, score in self.lister.alternatives(entry, admitted, self.snapshot.policy.alternatives)
            ],
            "relaxed": [entry.relaxation.constraint.value] if entry.relaxation else [],
            "diversity": self._diversity(entry),
        }
        if self.request.audience is Audience.ENTERPRISE and course.customisable:
            item["nearest_sites"] = nearest_sites(self.network, self.request, entry.row)
        return item

    def _distance_km(self, row: int) -> float | None:
        site_row = int(self.network.site_of[row])
        if site_row < 0 or self.network.instances[row].mode is Mode.ONLINE:
            return None
        distance = float(self.request.site_distances_km[site_row])
        return None if distance != distance else round(distance, 3)

    def _contributions(self, listed: Listed, values: list[float]) -> list[Json]:
        vector = self.lister.vector
        return [
            {
                "name": preference.value,
                "meaning": MEANINGS[preference][self.english],
                "value": round(value, 6),
                "weight": round(weight, 9),
                "contribution": round(value * weight, 9),
                "reason": reason(listed, preference, value),
            }
            for preference, value, weight, part in zip(
                self.snapshot.layout.preferences, values, vector.weights.tolist(), vector.has_part, strict=True
            )
            if part and weight
        ]

    def _reasons(self, listed: Listed, contributions: list[Json], entry: Entry) -> list[str]:
        """Return the sentences of the parts that speak for the item, strongest first, then what one should know."""
        strongest = sorted(contributions, key=lambda part: -part["contribution"])
        reasons = [part["reason"] for part in strongest if part["value"] >= 0.2][:_REASONS]
        missing = [p for p in listed.course.prerequisites if p not in self.request.completed_course_ids]
        if missing:
            titles = [self.network.courses[self.network.course_row[p]].title for p in missing]
            reasons.append(f"complete first: {', '.join(titles)}" if self.english else f"建议先修：{'、'.join(titles)}")
        if self.request.audience is Audience.ENTERPRISE and listed.course.customisable:
            reasons.append("can be customised for the enterprise" if self.english else "可按企业需求定制")
        if entry.relaxation:
            meaning = CONSTRAINT_MEANINGS[entry.relaxation.constraint][self.english]
            reasons.append(f"listed although {meaning}" if self.english else f"放宽后列入：{meaning}")
        return reasons

    def _course(self, listed: Listed) -> Json:
        course, taxonomy = listed.course, self.network.taxonomy
        clusters = [taxonomy.clusters[taxonomy.column[cluster_id]] for cluster_id in course.clusters]
        return {
            "course_id": course.course_id,
            "title": course.title,
            "provider": course.provider,
            "skill_level": course.skill_level,
            "skill_level_name": level_name(course.skill_level, self.request.language) if course.skill_level else None,
            "clusters": [(c.english_name or c.name) if self.english else c.name for c in clusters],
            "duration_hours": course.duration_hours,
            "credential": course.credential,
            "customisable": course.customisable,
            "illustrative": course.illustrative,
        }

    def _site(self, listed: Listed) -> Json | None:
        site = listed.site
        if site is None:
            return None
        return {
            "site_id": site.site_id,
            "name": site.name,
            "kind": site.kind,
            "district": site.district,
            "subdistrict": site.subdistrict,
        }

    def _alternative(self, row: int, score: float) -> Json:
        instance = self.network.instances[row]
        site = self.network.sites[self.network.site_of[row]] if instance.site_id else None
        return {
            "instance_id": instance.instance_id,
            "mode": instance.mode,
            "site_id": instance.site_id,
            "site_name": site.name if site else None,
            "distance_km": self._distance_km(row),
            "score": score,
        }

    def _diversity(self, entry: Entry) -> Json | None:
        """Return why an item stands elsewhere than its score would put it; None where diversity took nothing from it."""
        if entry.like is None:
            return None
        like = self.network.courses[self.network.course_of[entry.like]]
        penalty = round(self.request.diversity * entry.likeness, 9)
        zh = f"与“{like.title}”相似（{entry.likeness:.2f}），为避免重复，排序时减去 {penalty:.3f}"
        en = f"like “{like.title}” ({entry.likeness:.2f}); {penalty:.3f} is taken off for the order, so that the list does not repeat itself"
        return {
            "like_course_id": like.course_id,
            "likeness": entry.likeness,
            "penalty": penalty,
            "reason": en if self.english else zh,
        }


def instance_json(instance: CourseInstance) -> Json:
    """Return a course instance as JSON-ready data."""
    return {
        "instance_id": instance.instance_id,
        "mode": instance.mode,
        "start_date": instance.start_date and instance.start_date.isoformat(),
        "end_date": instance.end_date and instance.end_date.isoformat(),
        "enrolment_deadline": instance.enrolment_deadline and instance.enrolment_deadline.isoformat(),
        "schedule": instance.schedule,
        "seats_left": instance.seats_left,
        "fee_yuan": instance.fee_yuan,
        "service_radius_km": instance.service_radius_km,
        "minimum_headcount": instance.minimum_headcount,
    }
