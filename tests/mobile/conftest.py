"""A phone and a server with a line between them."""

import pytest

from tests.mobile.blob_line import Line


@pytest.fixture
def line(tmp_path):
    made = Line(tmp_path)
    yield made
    made.connection.close()
