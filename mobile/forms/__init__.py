"""Forms: an immutable document of items and the one evaluator that phone and server call on its answers.

The document, the answers and every rule of expressions are written down in `docs/forms.md`.
"""

from mobile.forms.document import Form, FormInvalid
from mobile.forms.evaluation import Evaluation, evaluate, first_answers

__all__ = ["Evaluation", "Form", "FormInvalid", "evaluate", "first_answers"]
