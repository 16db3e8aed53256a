from dataclasses import fields, replace

import pytest

from bot.glm.catalog.providers import OPENROUTER, VLLM, WCODE, ZAI
from bot.glm.catalog.sampling import Sampling, fields_to_send, not_taken, problems


def test_nothing_set_is_nothing_sent() -> None:
    assert problems(Sampling(), ZAI) == not_taken(Sampling(), ZAI) == []
    assert fields_to_send(Sampling(), WCODE, has_tools=True) == {}


@pytest.mark.parametrize(
    ("sampling", "name"),
    [
        (Sampling(temperature=2.5), "GLM_TEMPERATURE"),
        (Sampling(temperature=float("nan")), "GLM_TEMPERATURE"),
        (Sampling(top_p=-0.1), "GLM_TOP_P"),
        (Sampling(max_tokens=0), "GLM_MAX_TOKENS"),
        (Sampling(stop=("a", "b", "c", "d", "e")), "GLM_STOP"),
        (Sampling(stop=("",)), "GLM_STOP"),
        (Sampling(tool_choice="required"), "GLM_TOOL_CHOICE"),
        (Sampling(logit_bias={"12": 101}), "GLM_LOGIT_BIAS"),
        (Sampling(top_logprobs=21, logprobs=True), "GLM_TOP_LOGPROBS"),
        (Sampling(top_logprobs=5), "GLM_TOP_LOGPROBS"),
        (Sampling(top_logprobs=5, logprobs=False), "GLM_TOP_LOGPROBS"),
        (Sampling(response_format={"kind": "json"}), "GLM_RESPONSE_FORMAT"),
        (replace(Sampling(), verbosity="loud"), "GLM_VERBOSITY"),  # type: ignore[arg-type]
    ],
)
def test_a_value_out_of_range_is_named_with_reason_and_example(sampling: Sampling, name: str) -> None:
    (problem,) = problems(sampling, WCODE)
    assert problem.startswith(f"{name}: ")
    assert "(example: " in problem


def test_ranges_are_the_provider_s_own() -> None:
    assert problems(Sampling(temperature=1.5), ZAI)
    assert not problems(Sampling(temperature=1.5), OPENROUTER)
    assert problems(Sampling(stop=("a", "b")), ZAI)
    assert problems(Sampling(tool_choice="none"), ZAI)
    assert not problems(Sampling(tool_choice="none", top_k=-1), VLLM)
    assert not problems(Sampling(top_p=0), WCODE)
    assert problems(Sampling(top_p=0), VLLM)
    assert problems(Sampling(repetition_penalty=0), VLLM)
    assert not problems(Sampling(top_logprobs=5), ZAI), "not sent there"


def test_what_a_provider_does_not_take_is_told_and_not_sent() -> None:
    sampling = Sampling(temperature=0.5, top_k=5, verbosity="low")
    assert not_taken(sampling, ZAI) == ["GLM_TOP_K", "GLM_VERBOSITY"]
    assert fields_to_send(sampling, ZAI, has_tools=False) == {"temperature": 0.5}


def test_the_gateway_takes_every_parameter_there_is() -> None:
    assert {entry.name for entry in fields(Sampling)} == set(WCODE.accepts)
