"""Memory settings follow the machine and stay modest."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.database.core.tuning import Machine, as_configuration, server_settings

GIGABYTE = 1 << 30
MACHINES = st.builds(Machine, st.integers(1 << 28, 1 << 43), st.integers(0, 1 << 40))


def _mb(value: str) -> int:
    found = re.fullmatch(r"(\d+)MB", value)
    assert found is not None, value
    return int(found[1])


def test_a_machine_of_eight_gigabytes_gives_half_a_gigabyte_to_the_cache() -> None:
    settings = server_settings(Machine(8 * GIGABYTE, GIGABYTE))
    assert settings["shared_buffers"] == "512MB"
    assert settings["effective_cache_size"] == "4096MB"
    assert settings["work_mem"] == "16MB"


@given(MACHINES)
def test_the_shared_cache_leaves_the_machine_to_others(machine: Machine) -> None:
    cache_mb = _mb(server_settings(machine)["shared_buffers"])
    assert 64 <= cache_mb <= 2048
    assert cache_mb <= max(64, machine.memory_bytes // (1 << 20) // 16)


@given(MACHINES)
def test_only_a_server_of_tests_gives_up_durability(machine: Machine) -> None:
    assert "fsync" not in server_settings(machine)
    assert server_settings(machine, durable=False)["fsync"] == "off"


def test_a_container_with_little_shared_memory_keeps_it_in_files() -> None:
    small = server_settings(Machine(GIGABYTE, 64 << 20))
    large = server_settings(Machine(GIGABYTE, GIGABYTE))
    assert small["dynamic_shared_memory_type"] == "mmap"
    assert "dynamic_shared_memory_type" not in large


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_written_value_is_read_back_by_the_rules_of_postgresql(value: str) -> None:
    line = as_configuration({"name": value})
    inside = line.removeprefix("name = '").removesuffix("'\n")
    read = re.sub(r"''|\\(.)", lambda found: found[1] or "'", inside)
    assert read == value
