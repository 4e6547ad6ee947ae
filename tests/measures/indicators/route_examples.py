"""Figures of a place."""


def figure(place, role):
    return {"kwargs": {"figure_id": place.figure_id}}


def figure_query(place, role):
    return {"query": {"id": place.figure_id}}


EXAMPLES = {
    "indicators:sheet": figure,
    "indicators:figure": figure,
    "GET /api/indicators": lambda place, role: {"query": {"region": place.key, "period": "2025"}},
    "GET /api/indicators/figure": figure_query,
    "GET /api/indicators/figure/trace": figure_query,
    "GET /api/indicators/plans/{plan_id}/findings": lambda place, role: {
        "kwargs": {"plan_id": place.plan_id}
    },
}
