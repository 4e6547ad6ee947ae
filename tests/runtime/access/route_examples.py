"""A mandate that can be ended."""

import uuid
from datetime import timedelta

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.access.services.mandates import grant_mandate
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.services import save_party


def mandate(place, role):
    name = f"{place.key}-agent-{uuid.uuid4().hex[:8]}"
    agent = save_party(
        key=name, name=Text("代办"), kind="enterprise", region_id=place.region_id, synthetic=True
    )
    with session(Scope.operator()):
        number = grant_mandate(
            Scope.operator(),
            owner_id=place.party_id,
            agent_id=agent,
            from_on=today_on(),
            last_on=today_on() + timedelta(days=9),
            at=now(),
        )
    return {"method": "post", "kwargs": {"mandate_id": number}}


EXAMPLES = {"mandate-end": mandate}
