"""调查表（版本）与答卷：one engine for the household form and the village form."""

from surveys.definition.models import Survey, published_form
from surveys.filling.models import COUNTED, Response, ResponseSignature

__all__ = ["COUNTED", "Response", "ResponseSignature", "Survey", "published_form"]
