"""The page that the offline model makes of a screenshot, which is a screenshot of it: no round of improving follows."""

_CARD = '<article><h2>{name}</h2><p>{price} a month</p><ul>{points}</ul><a href="#">Choose {name}</a></article>'
_PLANS = (("Small", "¥9"), ("Medium", "¥29"), ("Large", "¥99"))
_POINTS = "".join(f"<li>Point {at} of what you get, in a few words</li>" for at in range(1, 7))

HTML = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Plans</title><style>
body {{ font: 16px/1.5 sans-serif; margin: 0; color: #223; background: #f4f6fa }}
header {{ background: #1f3a5f; color: #fff; padding: 32px 64px }}
main {{ display: flex; gap: 24px; padding: 48px 64px }}
article {{ flex: 1; background: #fff; border: 1px solid #cdd; border-radius: 8px; padding: 24px }}
a {{ display: block; background: #2a7; color: #fff; padding: 12px; text-align: center; border-radius: 6px }}
</style></head><body><header><h1>Choose a plan</h1><p>All of them can be ended every month.</p></header><main>
{"".join(_CARD.format(name=name, price=price, points=_POINTS) for name, price in _PLANS)}
</main></body></html>"""
