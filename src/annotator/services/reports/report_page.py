"""The page of a report: self-contained, without scripts and without external resources.

Its Content-Security-Policy makes the browser refuse everything else.
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
body {{ font-family: Georgia, "DejaVu Serif", serif; line-height: 1.4; color: #1b1b1b; background: #ffffff;
  margin: 2em auto; max-width: 52em; padding: 0 1em; }}
h1 {{ font-size: 1.6em; }} h2 {{ font-size: 1.2em; border-bottom: 1px solid #999999; margin-top: 1.6em; }}
h3 {{ font-size: 1em; margin-bottom: 0.2em; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border: 1px solid #999999; padding: 4px 6px; vertical-align: top; text-align: start; }}
small {{ color: #555555; }} ul {{ margin-top: 0.2em; padding-inline-start: 1.4em; }}
tr, h3 {{ page-break-inside: avoid; }} h2, h3 {{ page-break-after: avoid; }}
@media print {{ body {{ margin: 0; max-width: none; }} }}
</style>
</head>
<body dir="auto">
<h1 dir="auto">{title}</h1>
<p>As of {day}. Project: {project}. Reliability, credibility and verdicts are those of that day. F, 6 and “not graded”
mean that there is no judgement; no number is calculated from them.</p>
{body}
</body>
</html>
"""
