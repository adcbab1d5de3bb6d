"""Fixtures: the preset household form and a household of two to survey."""

import pytest
from django.test import Client

from households.models import Household
from surveys.models import Survey
from tests.factories import make_survey
from tests.pages import client_of
from tests.surveys.filled import make_surveyed
from units.models import Cadre


@pytest.fixture
def survey(db) -> Survey:
    return make_survey()


@pytest.fixture
def household(cadre: Cadre) -> Household:
    return make_surveyed(cadre=cadre)


@pytest.fixture
def client(cadre: Cadre) -> Client:
    """Return the cadre's browser."""
    return client_of(cadre)
