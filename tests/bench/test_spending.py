from pathlib import Path

from bench.model import Exchange, exchanges
from bench.spending import Used, parsed_used, share_s

METRICS = """\
# TYPE gen_ai_client_token_usage_total counter
gen_ai_client_token_usage_total{gen_ai_request_model="glm-4.6v",gen_ai_token_type="input"} 8485.0
gen_ai_client_token_usage_total{gen_ai_request_model="glm-4.6v-flash",gen_ai_token_type="input"} 15.0
gen_ai_client_token_usage_total{gen_ai_request_model="glm-4.6v",gen_ai_token_type="output"} 81.0
gen_ai_client_token_usage_created{gen_ai_request_model="glm-4.6v",gen_ai_token_type="input"} 1.7e+09
glm_cost_total{currency="CNY"} 0.0328
glm_cost_total{currency="USD"} 7.0
"""


def test_what_was_used_is_read_out_of_the_metrics() -> None:
    assert parsed_used(METRICS) == Used(8500, 81, 0.0328)
    assert Used(3, 2, 1.0) - Used(1, 1, 0.5) == Used(2, 1, 0.5)
    assert parsed_used("") == Used(0, 0, 0)


def test_the_models_share_is_what_its_log_says(tmp_path: Path) -> None:
    log = tmp_path / "model"
    assert exchanges(log) == []
    log.write_text("1.0 1.5\n2.0 2.25\n3.0 4.0\n")
    assert exchanges(log, 1.9) == [Exchange(2.0, 2.25), Exchange(3.0, 4.0)]
    assert share_s(exchanges(log, 1.9)) == 1.25
