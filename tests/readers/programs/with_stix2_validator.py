"""What stix2-validator, at its strictest, says against a bundle, and what it is a bundle of."""

import json
import sys
from collections import Counter
from pathlib import Path

from stix2validator import ValidationOptions, validate_file

options = ValidationOptions(strict=True, version="2.1", enforce_refs=True)
result = validate_file(sys.argv[1], options)
findings = [str(found) for one in result.object_results or [] for found in [*(one.errors or []), *(one.warnings or [])]]
if result.fatal:
    findings.append(str(result.fatal))
objects = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["objects"]
print(
    json.dumps(
        {
            "valid": result.is_valid,
            "findings": findings,
            "types": Counter(one["type"] for one in objects),
        }
    )
)
