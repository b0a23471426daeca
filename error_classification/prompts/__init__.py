"""What Claude is asked: task, taxonomy and worked examples in a system text that never varies, one error as data in the user's.

All of it is pure, and the same error gives the same bytes in every process: the long system text is paid for once and then read
from the provider's cache. ``prompt_version`` says which question an answer belongs to.
"""

from error_classification.prompts.answer import ANSWER_SCHEMA, Answer
from error_classification.prompts.question import Opinion, Question, user_message
from error_classification.prompts.system import least_tokens, short_system_prompt, system_prompt
from error_classification.prompts.version import prompt_version

__all__ = [
    "ANSWER_SCHEMA",
    "Answer",
    "Opinion",
    "Question",
    "least_tokens",
    "prompt_version",
    "short_system_prompt",
    "system_prompt",
    "user_message",
]
