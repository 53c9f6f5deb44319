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
