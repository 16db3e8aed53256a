"""The special tokens and tags of GLM's template that leak into its answers."""

from bot.glm.stream.invoked_calls import INVOKE
from bot.glm.stream.leaked_calls import CALL, CALL_END, KEY

BOXES = ("<|begin_of_box|>", "<|end_of_box|>")
THINK, THINK_END = "<think>", "</think>"
# Some models write these names instead (https://github.com/vllm-project/vllm-ascend/issues/12398).
ALIASES = {"<thinking>": THINK, "</thinking>": THINK_END}
RESULT = "<tool_response>"
OBSERVATION = "<|observation|>"
NOTHINK = "/nothink"
_OF_CALLS = (CALL, CALL_END, "<tool_calls>", "</tool_calls>", "<function_calls>", "</function_calls>")
TAGS = (THINK, THINK_END, *ALIASES, "<answer>", "</answer>", "<None>", *_OF_CALLS, RESULT, "</tool_response>")
_TOKENS_PROPER = (*BOXES, "<|endoftext|>", "<|user|>", "<|assistant|>", "<|system|>", OBSERVATION)
# All of them, with the tokens that begin a call.
TOKENS = (*_TOKENS_PROPER, *TAGS, NOTHINK, KEY, INVOKE)
PREFIXES = frozenset(token[:length] for token in TOKENS for length in range(1, len(token)))
