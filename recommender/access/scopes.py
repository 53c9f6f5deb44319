"""What a key is for (权限范围)."""

from enum import StrEnum

from recommender.language import Bilingual


class Scope(StrEnum):
    """What a key may be used for; a key may have several."""

    PLATFORM = "platform"  # recommends for learners, and writes them
    ENTERPRISE = "enterprise"  # one enterprise's own recommendations and record
    SITE = "site"  # its own sites' courses and classes, and audiences for these
    REVIEWER = "reviewer"  # decides on what sites publish
    INSIGHT = "insight"  # numbers about the whole, nothing about anybody
    ADMIN = "admin"  # everything

    @property
    def called(self) -> Bilingual:
        """What people call it."""
        return _TITLES[self]


_TITLES = {
    Scope.PLATFORM: Bilingual("平台", "platform"),
    Scope.ENTERPRISE: Bilingual("企业", "enterprise"),
    Scope.SITE: Bilingual("阵地", "site"),
    Scope.REVIEWER: Bilingual("审核员", "reviewer"),
    Scope.INSIGHT: Bilingual("统计", "insight"),
    Scope.ADMIN: Bilingual("管理员", "admin"),
}
