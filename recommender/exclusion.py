"""Why a class is left out, in a sentence per constraint that says the facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recommender.constraints import MEANINGS, Constraint
from recommender.domain import Approval, Course, CourseInstance, Mode, SiteStatus, TrainingSite
from recommender.language import Bilingual
from recommender.resolution import ResolvedRequest
from recommender.taxonomy import skill_levels

MODE_NAMES: Mapping[Mode, Bilingual] = {
    Mode.AT_SITE: Bilingual("到阵地上课", "taught at a site"),
    Mode.ONLINE: Bilingual("线上授课", "taught online"),
    Mode.AT_ENTERPRISE: Bilingual("送教上门", "taught at the enterprise"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """What is left out: one class, for one request. `distance_km` is that of its site, None where it is not known."""

    course: Course
    instance: CourseInstance
    site: TrainingSite | None
    distance_km: float | None
    request: ResolvedRequest


def refusal(refused: Refused, constraint: Constraint) -> str:
    """Return the sentence that says how the class fails `constraint`, in the request's language."""
    sentence = _SENTENCES.get(constraint, _nothing_known)(refused) or MEANINGS[constraint]
    return sentence.in_language(refused.request.language)


def _nothing_known(refused: Refused) -> Bilingual | None:
    return None


def _not_approved(refused: Refused) -> Bilingual | None:
    if refused.course.approval is Approval.PENDING:
        return Bilingual("课程正在等待审核", "the course is waiting for review")
    return Bilingual("课程未通过审核", "the course was rejected in review")


def _site_inactive(refused: Refused) -> Bilingual | None:
    if refused.site is None:
        return None
    if refused.site.status is SiteStatus.CLOSED:
        return Bilingual(f"{refused.site.name}已关闭", f"{refused.site.name} is closed")
    return Bilingual(f"{refused.site.name}暂停开班", f"{refused.site.name} is suspended")


def _enrolment_closed(refused: Refused) -> Bilingual | None:
    day = refused.instance.enrolment_deadline
    return Bilingual(f"报名已于 {day} 截止", f"enrolment closed on {day}") if day else None


def _ended(refused: Refused) -> Bilingual | None:
    day = refused.instance.end_date
    return Bilingual(f"班次已于 {day} 结束", f"the class ended on {day}") if day else None


def _full(refused: Refused) -> Bilingual | None:
    seats = refused.instance.seats
    return Bilingual(f"名额已满（{seats} 席）", f"no seat is left ({seats} in all)") if seats else None


def _mode_unwanted(refused: Refused) -> Bilingual | None:
    mode, wanted = MODE_NAMES[refused.instance.mode], [MODE_NAMES[mode] for mode in refused.request.modes]
    zh, en = "、".join(name.zh for name in wanted), " or ".join(name.en for name in wanted)
    return Bilingual(f"{mode.zh}，您只要{zh}", f"{mode.en}; you asked only for classes {en}")


def _too_far(refused: Refused) -> Bilingual | None:
    limit = refused.request.maximum_distance_km
    if refused.distance_km is None or limit is None:
        return None
    away = _beyond(refused.distance_km, limit)
    return Bilingual(f"距您 {away} 公里，超出 {limit:g} 公里", f"{away} km away, more than {limit:g} km")


def _outside_service_radius(refused: Refused) -> Bilingual | None:
    radius = refused.instance.service_radius_km
    if refused.distance_km is None or radius is None:
        return None
    away = _beyond(refused.distance_km, radius)
    return Bilingual(
        f"派出阵地距您 {away} 公里，送教范围为 {radius:g} 公里",
        f"it is sent from {away} km away, and goes no farther than {radius:g} km",
    )


def _beyond(distance_km: float, limit_km: float) -> str:
    """Return a distance with as many decimals as it takes to see that it lies beyond the limit."""
    return f"{distance_km:.1f}" if float(f"{distance_km:.1f}") > limit_km else f"{distance_km:.3f}"


def _starts_too_late(refused: Refused) -> Bilingual | None:
    day, limit = refused.instance.start_date, refused.request.starts_by
    return Bilingual(f"{day} 开班，晚于 {limit}", f"it starts on {day}, later than {limit}") if day else None


def _level_out_of_reach(refused: Refused) -> Bilingual | None:
    own, level, reach = refused.request.skill_level, refused.course.skill_level, refused.request.level_reach
    if own is None or level is None:
        return None
    names, steps = skill_levels()[level], level.step - own.step
    return Bilingual(
        f"{names.name}，比您目前高 {steps} 级，最多可高 {reach} 级",
        f"{names.english_name}: above your level by {steps}, and {reach} is the most",
    )


def _too_few_people(refused: Refused) -> Bilingual | None:
    least = refused.instance.minimum_headcount
    return Bilingual(f"满 {least} 人才开班", f"it is taught to no fewer than {least} people")


_SENTENCES: Mapping[Constraint, Callable[[Refused], Bilingual | None]] = {
    Constraint.NOT_APPROVED: _not_approved,
    Constraint.SITE_INACTIVE: _site_inactive,
    Constraint.ENROLMENT_CLOSED: _enrolment_closed,
    Constraint.ENDED: _ended,
    Constraint.FULL: _full,
    Constraint.MODE_UNWANTED: _mode_unwanted,
    Constraint.TOO_FAR: _too_far,
    Constraint.STARTS_TOO_LATE: _starts_too_late,
    Constraint.LEVEL_OUT_OF_REACH: _level_out_of_reach,
    Constraint.OUTSIDE_SERVICE_RADIUS: _outside_service_radius,
    Constraint.TOO_FEW_PEOPLE: _too_few_people,
}
