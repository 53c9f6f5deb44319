"""Why a course stands where it stands, in a sentence per preference."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recommender.domain import Course, CourseInstance, Mode, Schedule, TrainingSite
from recommender.language import Bilingual
from recommender.policy import Preference
from recommender.resolution import ResolvedRequest
from recommender.taxonomy import Taxonomy, skill_levels

_QUOTED_CHARACTERS = 18
CLOSE = 0.45
"""The value of meaning from which on a course is said to be close to what is asked for."""

MEANINGS: Mapping[Preference, Bilingual] = {
    Preference.MEANING: Bilingual("内容相近程度", "likeness in meaning"),
    Preference.WORDS: Bilingual("用词相同程度", "likeness in words"),
    Preference.PLACE: Bilingual("距离远近", "nearness"),
    Preference.LEVEL: Bilingual("等级契合度", "fit of the level"),
    Preference.INDUSTRY: Bilingual("产业相关度", "fit of the industry"),
    Preference.SCHEDULE: Bilingual("时间契合度", "fit of the schedule"),
    Preference.QUALITY: Bilingual("阵地质量", "quality of the site"),
}
NO_PART: Mapping[Preference, Bilingual] = {
    Preference.MEANING: Bilingual("未说明想学什么", "no goal, occupation or industry was given"),
    Preference.WORDS: Bilingual("未说明想学什么", "no goal, occupation or industry was given"),
    Preference.PLACE: Bilingual("未提供位置，距离不计分", "no location was given, so distance has no part"),
    Preference.LEVEL: Bilingual("未提供技能等级", "no skill level was given"),
    Preference.INDUSTRY: Bilingual(
        "未提供行业，或行业不在产业集群之列", "no industry was given, or it is no known cluster"
    ),
    Preference.SCHEDULE: Bilingual("未选择上课时间", "no schedule was chosen"),
    Preference.QUALITY: Bilingual("无质量评分", "no quality is known"),
}
_SCHEDULES: Mapping[Schedule, Bilingual] = {
    Schedule.WEEKDAY: Bilingual("工作日白天上课", "taught on weekdays"),
    Schedule.EVENING: Bilingual("晚上上课", "taught in the evening"),
    Schedule.WEEKEND: Bilingual("周末上课", "taught at the weekend"),
    Schedule.SELF_PACED: Bilingual("时间自由安排", "at one's own pace"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """What is being explained: one course at one instance, for one request."""

    course: Course
    instance: CourseInstance
    site: TrainingSite | None
    distance_km: float | None
    request: ResolvedRequest
    taxonomy: Taxonomy


def _meaning(item: Listed, value: float) -> Bilingual:
    asked = item.request.text
    asked = asked if len(asked) <= _QUOTED_CHARACTERS else asked[:_QUOTED_CHARACTERS] + "…"
    grades = (
        (0.7, "十分吻合", "is very close to"),
        (CLOSE, "相近", "is close to"),
        (0.2, "有些关联", "has something to do with"),
    )
    zh, en = next(((zh, en) for least, zh, en in grades if value >= least), ("关联不大", "has little to do with"))
    return Bilingual(f"课程内容与“{asked}”{zh}", f"the course {en} “{asked}”")


def _words(item: Listed, value: float) -> Bilingual:
    grades = (
        (0.7, "课程介绍与您的用词大多相同", "the course's text uses mostly your words"),
        (0.2, "课程介绍与您的用词有相同之处", "the course's text shares words with yours"),
    )
    zh, en = next(
        ((zh, en) for least, zh, en in grades if value >= least), ("课程介绍与您的用词很少相同", "few words in common")
    )
    return Bilingual(zh, en)


def _place(item: Listed, value: float) -> Bilingual:
    if item.instance.mode is Mode.ONLINE:
        return Bilingual(
            f"线上授课，不必出门，接近度按约定计 {value:.2f}",
            f"online, nearness counted as {value:.2f} by the stated policy",
        )
    if item.instance.mode is Mode.AT_ENTERPRISE:
        return Bilingual(
            f"送教上门，接近度按约定计 {value:.2f}",
            f"taught at the enterprise, nearness counted as {value:.2f} by the stated policy",
        )
    if item.distance_km is None:
        return Bilingual(
            f"阵地位置未知，接近度按约定计 {value:.2f}",
            f"the site's position is not known, nearness counted as {value:.2f}",
        )
    half = item.request.half_distance_km
    return Bilingual(
        f"距您 {item.distance_km:.1f} 公里（每远 {half:g} 公里，接近度减半）",
        f"{item.distance_km:.1f} km away (nearness halves every {half:g} km)",
    )


def _level(item: Listed, value: float) -> Bilingual:
    own, level = item.request.skill_level, item.course.skill_level
    if level is None or own is None:
        return Bilingual("不限等级", "open to every level")
    names, mine = skill_levels()[level], skill_levels()[own]
    step = level.step - own.step
    if step == 1:
        return Bilingual(
            f"{names.name}，正是{mine.name}的下一级",
            f"{names.english_name}, the very next step from {mine.english_name}",
        )
    if step == 0:
        return Bilingual(f"与您目前的{mine.name}同级", f"at your own level, {mine.english_name}")
    if step > 0:
        return Bilingual(f"{names.name}，比您目前高 {step} 级", f"{names.english_name}, {step} levels above yours")
    return Bilingual(
        f"{names.name}，低于您目前的{mine.name}", f"{names.english_name}, below your level of {mine.english_name}"
    )


def _industry(item: Listed, value: float) -> Bilingual:
    if not item.course.clusters:
        return Bilingual("通用课程，不属于特定产业", "a general course, of no particular industry")
    asked = item.taxonomy.clusters[item.taxonomy.column[item.request.cluster_ids[0]]]
    if asked.cluster_id in item.course.clusters:
        return Bilingual(f"属于{asked.name}产业集群", f"belongs to your cluster, {asked.english_name or asked.name}")
    own = item.taxonomy.clusters[item.taxonomy.column[item.course.clusters[0]]]
    if value > 0:
        return Bilingual(
            f"属于{own.name}，与{asked.name}相关", f"belongs to {own.english_name or own.name}, related to yours"
        )
    return Bilingual(
        f"属于{own.name}，与{asked.name}无直接关联", f"belongs to {own.english_name or own.name}, not related to yours"
    )


def _schedule(item: Listed, value: float) -> Bilingual:
    schedule = item.instance.schedule
    if schedule is None:
        return Bilingual("上课时间可商定", "no fixed schedule")
    when = _SCHEDULES[schedule]
    if value > 0:
        return Bilingual(f"{when.zh}，正合您选的时间", f"{when.en}, as you wished")
    return Bilingual(f"{when.zh}，不在您选的时间", f"{when.en}, not as you wished")


def _quality(item: Listed, value: float) -> Bilingual:
    if item.instance.mode is Mode.ONLINE or item.site is None:
        return Bilingual(
            f"线上班次没有阵地评分，按 {value:.2f} 计", f"online classes have no site score, counted as {value:.2f}"
        )
    if item.site.quality is None:
        return Bilingual(f"阵地尚未评分，按 {value:.2f} 计", f"the site has not been scored, counted as {value:.2f}")
    return Bilingual(f"阵地质量评分 {value:.2f}", f"the site's quality score is {value:.2f}")


_SENTENCES: Mapping[Preference, Callable[[Listed, float], Bilingual]] = {
    Preference.MEANING: _meaning,
    Preference.WORDS: _words,
    Preference.PLACE: _place,
    Preference.LEVEL: _level,
    Preference.INDUSTRY: _industry,
    Preference.SCHEDULE: _schedule,
    Preference.QUALITY: _quality,
}


def reason(item: Listed, preference: Preference, value: float) -> str:
    """Return the sentence that says what `value` means for this item, in the request's language."""
    return _SENTENCES[preference](item, value).in_language(item.request.language)
