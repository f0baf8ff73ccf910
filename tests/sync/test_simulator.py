"""The proof of the phone's engine: everything that can go wrong, from seeds, and nothing is lost, doubled or leaked."""

import random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.sync.invariants import Violation, check_saved
from tests.sync.mutants import MUTANTS
from tests.sync.rest import run, settle
from tests.sync.world import World

STEPS = 120
SEEDS, LONG, BLOCKS = 850, 240, 17
"""200,000 steps and some, in pieces that each say where they were; long worlds, for coming to rest costs most."""


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_seed_breaks_an_invariant(block):
    size = SEEDS // BLOCKS
    for seed in range(block * size, (block + 1) * size):
        world = run(seed, LONG)
        assert all(phone.engine.numbers()["waiting"] == 0 for phone in world.phones), f"seed {seed}"


def test_the_first_seeds_break_no_invariant_and_meet_every_kind_of_trouble():
    worlds = [run(seed, STEPS) for seed in range(60)]
    phones = [phone for world in worlds for phone in world.phones]
    assert any(phone.store.get("fork_of") for phone in phones)
    assert any(phone.store.get("wiped") for phone in phones)
    assert any(world.server.epoch != "epoch-0" for world in worlds)
    told = [phone.engine.numbers() for phone in phones]
    assert any(numbers["attention"] for numbers in told)
    assert sum(numbers["sent"] for numbers in told) > 500
    assert any(town.history for world in worlds for town in world.server.towns.values())
    assert any(phone.store.get("lease_from") for phone in phones)
    assert sum(len(world.bundles) for world in worlds) > 10
    assert sum(len(world.server.blobs.lost) for world in worlds) > 5
    photos = [photo for phone in phones for photo in phone.photos]
    assert len(photos) > 200
    assert any(f"{photo}.original" not in phone.files.kept for phone in phones for photo in phone.photos)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_protocol_bug_is_caught_within_200_seeds(mutant):
    def is_caught(seed: int) -> bool:
        try:
            run(seed, STEPS, flaws)
        except Violation:
            return True
        return False

    with mutant.built_in() as flaws:
        assert any(is_caught(seed) for seed in range(200))


SEED = st.integers(0, 2**20)


class Trouble(RuleBasedStateMachine):
    """The same world with its acts chosen one by one, so that a failure shrinks to few of them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(0)

    def _with(self, seed: int) -> World:
        self.world.chance = random.Random(seed)
        self.world.now += 5_000
        return self.world

    @rule(seed=SEED)
    def work(self, seed):
        self._with(seed).work()

    @rule(seed=SEED)
    def sync(self, seed):
        self._with(seed).sync()

    @rule(seed=SEED)
    def edit(self, seed):
        self._with(seed).edit_in_office()

    @rule(seed=SEED)
    def end(self, seed):
        self._with(seed).end_transaction()

    @rule(seed=SEED)
    def grant(self, seed):
        self._with(seed).change_grants()

    @rule(seed=SEED)
    def kill(self, seed):
        self._with(seed).kill_next()

    @rule(seed=SEED)
    def restore(self, seed):
        world = self._with(seed)
        world.back_up() if seed % 2 else world.restore()

    @rule(seed=SEED)
    def clone(self, seed):
        self._with(seed).clone()

    @rule(seed=SEED)
    def revoke(self, seed):
        self._with(seed).revoke()

    @rule(seed=SEED)
    def draft(self, seed):
        self._with(seed).draft()

    @rule(seed=SEED)
    def files(self, seed):
        world = self._with(seed)
        (world.export, world.import_bundle, world.lose_blob, world.wait_long)[seed % 4]()

    @rule(seed=SEED)
    def update(self, seed):
        self._with(seed).update_app()

    @rule(seed=SEED)
    def look(self, seed):
        self._with(seed).look()

    @invariant()
    def nothing_saved_is_lost(self):
        for phone in self.world.phones:
            check_saved(self.world, phone)

    def teardown(self):
        settle(self.world)


TestTrouble = Trouble.TestCase
TestTrouble.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
