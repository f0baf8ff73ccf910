"""An operator imports a bundle from a file, and is told why not."""

import asyncio

import pytest

from api.cli.imports import app
from tests.api.cli.settings_setup import call
from tests.api.sync.bundling import bundle_of, public_key
from tests.api.sync.phones import Wire
from tests.factories.serving import served

pytestmark = pytest.mark.slow


@pytest.fixture
def bundle(operator, tmp_path):
    """A bundle of one message, by a phone that was heard of."""

    async def make():
        async with served(operator, tmp_path / "files") as server:
            wire = await Wire.of(server)
            await wire.pulled()
            department = str(server.town().staff["field_inspector"].department_id)
            line = wire.mutation("message.post", {"id": wire.new_id(), "department_id": department, "text": "Ağ yok."})
            return bundle_of(wire, await public_key(server), [line])

    path = tmp_path / "gun.cbx"
    path.write_bytes(asyncio.run(make()))
    return path


def test_a_bundle_is_imported_twice_with_one_effect(bundle):
    for _ in range(2):
        result = call(app, "bundle", str(bundle), "--municipality", "kadikoy")
        assert result.exit_code == 0, result.output
        assert "Deneme field_inspector: 1 kayıt, 1 işlendi, 0 karar bekliyor" in result.output


def test_a_bundle_that_is_cut_or_of_another_town_is_refused_with_the_reason(bundle):
    foreign = call(app, "bundle", str(bundle), "--municipality", "akpinar")
    assert (foreign.exit_code, "bu belediye için mühürlenmemiş" in foreign.output) == (1, True)
    bundle.write_bytes(bundle.read_bytes()[:-50])
    cut = call(app, "bundle", str(bundle), "--municipality", "kadikoy")
    assert (cut.exit_code, "eksik, değiştirilmiş ya da bozuk" in cut.output) == (1, True)
