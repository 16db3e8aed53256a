"""What the demo's model writes as HTML, and the report it is asked to summarise."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Sign up</title>
<style>
body { margin: 0; background: #f4f1ea; font-family: sans-serif; color: #1d1c1d; }
header { background: #22313f; color: #fff; font-size: 28px; padding: 18px 40px; height: 34px; }
form { box-sizing: border-box; width: 424px; margin: 50px auto 0; padding: 26px 38px;
  background: #fff; border: 2px solid #cfcabd; }
h1 { margin: 0 0 20px; font-size: 36px; font-weight: 400; }
label { display: block; color: #6b675f; font-size: 16px; margin-bottom: 22px; }
input { box-sizing: border-box; width: 100%; height: 42px; margin-top: 6px; border: 2px solid #b7b2a6; }
button { width: 100%; height: 48px; border: 0; background: BUTTON; color: #fff; font-size: 18px; }
p { text-align: center; color: #6b675f; font-size: 15px; }
a { color: #2255cc; }
</style>
</head>
<body>
<header>Papershop</header>
<form>
<h1>Sign up</h1>
<label>Name<input name="name"></label>
<label>E-mail<input name="email" type="email"></label>
<button type="button">Create account</button>
NOTE
</form>
</body>
</html>"""
BLUE, GREEN = "#2255cc", "#1d7a45"
PROMISE = "<p>We never share your address.</p>"
HELP = '<p>Already with us? <a href="#">Log in</a></p>'
FIRST = _PAGE.replace("BUTTON", BLUE).replace("NOTE", PROMISE)
# The first try comes out too small beside the sketch; the model sees that and mends it.
IMPROVED = FIRST.replace("body { margin", "html { zoom: 1.42; }\nbody { margin")
SECOND = IMPROVED.replace(BLUE + "; color", GREEN + "; color")
THIRD = SECOND.replace(PROMISE, f"{PROMISE}\n{HELP}")

REPORT_NAME = "cooling-report.pdf"
REPORT = """<!doctype html><meta charset="utf-8"><style>
body { font: 14px/1.5 sans-serif; } section { break-after: page; } td, th { border: 1px solid #999; padding: 4px 12px; }
table { border-collapse: collapse; margin: 12px 0; } .bar { height: 18px; background: #2f6f9f; margin: 4px 0; }
</style>
<section><h1>Cooling plant, hall 3: report for 2025</h1>
<p>The plant used 412 MWh in 2025, 18 % less than in the year before. Availability was 99.2 %.</p>
<p>Two pumps were replaced in March; nothing else was planned or done.</p></section>
<section><h1>Consumption by quarter</h1>
<table><tr><th>Quarter</th><th>MWh</th><th>Cost in euros</th></tr>
<tr><td>Q1</td><td>88</td><td>19,360</td></tr><tr><td>Q2</td><td>104</td><td>22,880</td></tr>
<tr><td>Q3</td><td>131</td><td>28,820</td></tr><tr><td>Q4</td><td>89</td><td>19,580</td></tr></table>
<div class="bar" style="width:40%"></div><div class="bar" style="width:48%"></div>
<div class="bar" style="width:60%"></div><div class="bar" style="width:41%"></div></section>
<section style="break-after: auto"><h1>What is to be decided</h1>
<p>Ben orders a third pump by 15 January. The converter costs 8,400 euros and pays for itself in 14 months.</p>
<p>Live figures: https://plant.example.com/hall-3</p></section>"""
