"""What pymisp makes of an event, and whether each of its objects is what the template says."""

import json
import sys

from pymisp import MISPEvent, MISPObject

event = MISPEvent()
event.load_file(sys.argv[1])
strict = []
for found in event.objects:
    # The template that pymisp itself brings, which refuses what it does not know.
    checked = MISPObject(found.name, strict=True)
    assert checked.template_uuid == found.template_uuid, found.name
    for attribute in found.attributes:
        checked.add_attribute(
            attribute.object_relation, type=attribute.type, value=attribute.value, category=attribute.category
        )
    checked.to_dict(json_format=True)
    strict.append(checked.name)
by_uuid = {found.uuid: found for found in event.objects}
seen = {
    "info": event.info,
    "published": event.published,
    "objects": sorted(strict),
    "reports": {report.name: report.content for report in event.event_reports},
    "annotations": [
        {
            "text": found.get_attributes_by_relation("text")[0].value,
            "tags": sorted(tag.name for tag in found.get_attributes_by_relation("text")[0].tags),
            "comment": found.comment,
            "of": [
                by_uuid[reference.referenced_uuid].get_attributes_by_relation("title")[0].value
                for reference in found.references
                if reference.relationship_type == "annotates"
            ],
            "related": len(found.references) - 1,
        }
        for found in event.objects
        if found.name == "annotation"
    ],
    "detected": any(attribute.to_ids for found in event.objects for attribute in found.attributes),
}
print(json.dumps(seen))
