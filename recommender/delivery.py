"""Who can teach a customisable course near an enterprise."""

from typing import Any

import numpy as np

from recommender.domain import SiteStatus
from recommender.network import Network
from recommender.resolution import ResolvedRequest

_LISTED = 3


def nearest_sites(network: Network, request: ResolvedRequest, row: int) -> list[dict[str, Any]]:
    """Return the nearest active sites able to teach the course of the instance in `row`.

    Able are first the sites that teach it already, then those equipped for one of its clusters; within each the nearer first, unknown
    distances last, then by id.
    """
    course = network.courses[network.course_of[row]]
    teaching = {instance.site_id for instance in network.instances_of(int(network.course_of[row])) if instance.site_id}
    equipped = set(course.clusters)
    candidates = []
    for site_row, site in enumerate(network.sites):
        teaches = site.site_id in teaching
        if site.status is SiteStatus.ACTIVE and (teaches or equipped.intersection(site.clusters)):
            distance = float(request.site_distances_km[site_row])
            known = not np.isnan(distance)
            candidates.append(
                (
                    not teaches,
                    distance if known else np.inf,
                    site.site_id,
                    site.name,
                    round(distance, 3) if known else None,
                )
            )
    return [
        {
            "site_id": site_id,
            "name": name,
            "distance_km": distance,
            "basis": "same_cluster" if only_equipped else "teaches_it",
        }
        for only_equipped, _, site_id, name, distance in sorted(candidates)[:_LISTED]
    ]
