"""Objects for the addresses of the screens that need several rooms."""


def plan(place, role):
    return {"kwargs": {"plan_id": place.plan_id}}


EXAMPLES = {"plan": plan, "plan-counts": plan}
