"""Requests that the documentation shows and the tests send."""

from typing import Any

LEARNER_EXAMPLES: dict[str, Any] = {
    "profile": {
        "summary": "A whole profile",
        "value": {
            "industry": "智能机器人",
            "occupation": "设备维护员",
            "skill_level": "中级工",
            "location": {"latitude": 22.69, "longitude": 114.34, "datum": "gcj02"},
            "goal": "想学工业机器人的操作和维修",
            "modes": ["at_site", "online"],
            "schedules": ["weekend"],
            "maximum_distance_km": 30,
            "weights": {"meaning": 0.5, "place": 0.3, "level": 0.1, "industry": 0.1},
            "k": 5,
        },
    },
    "goal and place": {
        "summary": "A goal and a sub-district",
        "value": {"goal": "想考电工证", "location": {"place": "宝安区沙井街道"}},
    },
}

EXPLAIN_EXAMPLES: dict[str, Any] = {
    "course": {
        "summary": "A profile, and a course",
        "value": {
            "goal": "新提拔的线长不会带班",
            "skill_level": "初级工",
            "location": {"place": "坪山区坑梓街道"},
            "course_id": "team-leader-training",
        },
    }
}

ENTERPRISE_EXAMPLES: dict[str, Any] = {
    "need": {
        "summary": "A need, how many, where",
        "value": {
            "industry": "超高清视频显示",
            "needs": "新提拔的线长不会带班，想请老师到厂里讲班组管理",
            "headcount": 40,
            "location": {"place": "光明区凤凰街道"},
            "modes": ["at_enterprise", "at_site"],
            "k": 5,
        },
    }
}

AUDIENCE_EXAMPLES: dict[str, Any] = {
    "class": {
        "summary": "The ten learners whom a class suits best",
        "value": {"instance_id": "team-leader-training@hub-pingshan-1", "k": 10},
    }
}

RECORD_IDS = {
    "site": "hub-pingshan",
    "course": "team-leader-training",
    "course_instance": "team-leader-training@hub-pingshan-1",
    "learner": "learner-0001",
    "enterprise": "foxconn",
}
"""By the record's `type`: an id of the bundled network."""

RECORDS: dict[str, dict[str, Any]] = {
    "site": {
        "name": "深圳市职工继续教育学院坪山校区",
        "kind": "hub",
        "district": "坪山区",
        "latitude": 22.70135,
        "longitude": 114.34762,
        "datum": "wgs84",
        "clusters": ["智能机器人", "工业母机"],
    },
    "course": {
        "title": "企业班组长培训",
        "description": "排班、派工、带新人、开班前会、处理矛盾，内容按企业情况安排。",
        "provider": "深圳市职工继续教育学院",
        "occupations": ["班组长", "车队长"],
        "skill_level": "中级工",
        "duration_hours": 24,
        "customisable": True,
    },
    "course_instance": {
        "course_id": "team-leader-training",
        "mode": "at_site",
        "site_id": "hub-pingshan",
        "start_date": "2027-03-06",
        "end_date": "2027-03-13",
        "schedule": "weekend",
        "seats": 40,
        "enrolled": 6,
    },
    "learner": {
        "occupation": "数控车工",
        "skill_level": "中级工",
        "place": "宝安区沙井街道",
        "goal": "想学加工中心编程",
    },
    "enterprise": {"name": "富士康", "place": "龙华区", "needs": "新提拔的线长不会带班", "headcount": 40},
}
"""By the record's `type`: the whole of one."""

RECORD_CHANGES: dict[str, dict[str, Any]] = {
    "site": {"status": "suspended"},
    "course": {"duration_hours": 32},
    "course_instance": {"enrolled": 7},
    "learner": {"goal": "想学五轴加工中心编程"},
    "enterprise": {"headcount": 60},
}
"""By the record's `type`: a change of one."""

REVIEW_EXAMPLES: dict[str, Any] = {
    "approve": {"summary": "Approve", "value": {"decision": "approved"}},
    "reject": {"summary": "Reject", "value": {"decision": "rejected", "reason": "课时与内容不符，请补充实操安排。"}},
}

SYNC_EXAMPLE = """\
{"type": "course", "course_id": "forklift", "title": "叉车司机培训", "skill_level": "初级工"}
{"type": "course_instance", "instance_id": "forklift-1", "course_id": "forklift", "mode": "at_site", "site_id": "hub-pingshan", "seats": 30}
{"type": "course_instance", "instance_id": "forklift-1", "action": "patch", "enrolled": 3}
{"type": "course_instance", "instance_id": "forklift-1", "action": "delete"}
"""
