"""spaCy's own commands on exports: convert CoNLL, look at training data, train for one epoch.

Arguments: a CoNLL file, a DocBin to train on, one to measure on, and a folder to work in.
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import spacy
from spacy.cli.convert import convert
from spacy.cli.debug_data import debug_data
from spacy.cli.init_config import init_config
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train

conll, train_on, measure_on, work = map(Path, sys.argv[1:])
vocab = spacy.blank("xx").vocab
said = StringIO()
with redirect_stdout(said):
    convert(str(conll), str(work), file_type="spacy", converter="ner", silent=True)
    config = init_config(lang="en", pipeline=["ner", "spancat"])
    config["paths"] |= {"train": str(train_on), "dev": str(measure_on)}
    config["training"] |= {"max_epochs": 1, "eval_frequency": 10, "seed": 1}
    config["components"]["tok2vec"]["model"]["encode"] |= {"width": 32, "depth": 1}
    config["components"]["tok2vec"]["model"]["embed"]["width"] = 32
    config.to_disk(work / "config.cfg")
    try:
        debug_data(work / "config.cfg", silent=False, no_format=True)
        complaint = 0
    except SystemExit as stop:
        complaint = stop.code
    debugged = said.getvalue()
    nlp = init_nlp(config)
    (work / "model").mkdir()
    train(nlp, work / "model", use_gpu=-1, stdout=said, stderr=said)
converted = DocBin().from_disk(work / f"{conll.stem}.spacy").get_docs(vocab)
trained = spacy.load(work / "model" / "model-last")
labels = {name: sorted(trained.get_pipe(name).labels) for name in ("ner", "spancat")}
print(
    json.dumps(
        {
            "converted": [[(ent.label_, "".join(ent.text.split())) for ent in doc.ents] for doc in converted],
            "complaint": complaint,
            "debugged": debugged,
            "labels": labels,
            "found": len(trained("The ministry said on Monday that it may rain.").text),
        }
    )
)
