"""XML that attacks its reader is refused or passed over at once, and nothing is fetched for it.

Each document is read in a process of its own that may use a few seconds and little memory.
"""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.pubmed_records import HEAD, TAIL, article

ROOT = Path(__file__).parents[2]
SECRET = "canary in a file"
FAR = "http://canary.example"
SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation'
LAUGHS = '<!ENTITY a0 "lol">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)
ENOUGH = (10, 1 << 30)  # seconds of processor time, bytes


def declaring(entities: str, title: str) -> str:
    """A set with one record, whose document type declares entities of its own."""
    head = HEAD.replace('.dtd">', f'.dtd" [{entities}]>')
    return head + article(80_000_001, title) + TAIL


def under(system: str) -> str:
    """A set with one record under a document type at this address."""
    set_of = f'<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "{system}">\n'
    return set_of + "<PubmedArticleSet>" + article(80_000_001) + TAIL


def attacks(secret: str) -> dict[str, str]:
    """Documents by what is wrong with them; ``secret`` is the address of a file."""
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}"/>'
    attributes = " ".join(f'a{n}="1"' for n in range(200_000))
    return {
        "billion laughs": declaring(LAUGHS, "&a9;"),
        "quadratic": declaring(f'<!ENTITY x "{"x" * 100_000}">', "&x;" * 20_000),
        "file": declaring(f'<!ENTITY x SYSTEM "{secret}">', "&x;"),
        "address": declaring(f'<!ENTITY x SYSTEM "{FAR}/x">', "&x;"),
        "parameter": declaring(f'<!ENTITY % p SYSTEM "{FAR}/p.dtd"> %p;', "A title"),
        "inclusion": declaring("", include),
        "DTD elsewhere": under(f"{FAR}/pubmed_250101.dtd"),
        "DTD in a file": under(secret),
        "schema elsewhere": declaring("", f'<i {SCHEMA}="{FAR}/s.xsd">x</i>'),
        "schema of NLM": declaring("", f'<i {SCHEMA}="https://dtd.nlm.nih.gov/s.xsd">x</i>'),
        "formula": declaring("", f'<m:math xmlns:m="{FAR}/m">x</m:math>'),
        "attributes": declaring("", f"<i {attributes}>x</i>"),
        "depth": declaring("", "<i>" * 100_000 + "x" + "</i>" * 100_000),
    }


def search_attacks(secret: str) -> dict[str, str]:
    """Answers to a search with the same entities."""
    entities = f'{LAUGHS}<!ENTITY x SYSTEM "{secret}"><!ENTITY y SYSTEM "{FAR}/y">'
    start = f'<?xml version="1.0"?><!DOCTYPE eSearchResult SYSTEM "{FAR}/e.dtd" [{entities}]>'
    found = "<eSearchResult {}><Count>0</Count><QueryTranslation>{}</QueryTranslation>"
    schema = f'{SCHEMA}="https://dtd.nlm.nih.gov/s.xsd"'
    end = "</eSearchResult>"
    return {
        "laughs in a search": start + found.format("", "&a9;") + end,
        "file in a search": start + found.format("", "&x;&y;") + end,
        "schema in a search": start + found.format(schema, "x") + end,
    }


def read_all(folder: Path) -> dict[str, Any]:
    """Read every document here, in this process: what came out, and who was asked for more."""
    from review.pubmed.entrez import search_tree
    from review.pubmed.parse import read

    asked: list[str] = []

    def refuse(*to: Any, **more: Any) -> NoReturn:
        asked.append(str(to))
        raise OSError("no network here")

    socket.getaddrinfo, socket.socket.connect = refuse, refuse  # type: ignore[method-assign]
    out: dict[str, Any] = {}
    for path in sorted(folder.glob("*.xml")):
        try:
            out[path.stem] = str(
                (search_tree if "search" in path.stem else read)(path.read_bytes())
            )
        except ValueError as refused:
            out[path.stem] = f"refused: {refused}"
    return {"asked": asked, "megabytes": peak(), "read": out}


def peak() -> int:
    """The most memory this process ever held, in MiB; getrusage would count its parent's, too."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [row for row in status.read_text().splitlines() if row.startswith("VmHWM")]
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024**2


@pytest.fixture(scope="module")
def came_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret"
    secret.write_text(SECRET)
    documents = attacks(secret.as_uri()) | search_attacks(secret.as_uri())
    for name, document in documents.items():
        (folder / f"{name}.xml").write_text(document)
    code = (
        "import json, resource; from pathlib import Path; from tests.review import "
        "test_pubmed_hostile as t; resource.setrlimit(resource.RLIMIT_CPU, (t.ENOUGH[0],) * 2); "
        "resource.setrlimit(resource.RLIMIT_AS, (t.ENOUGH[1],) * 2); "
        f"print(json.dumps(t.read_all(Path({str(folder)!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.returncode}: {done.stderr[-2000:]}"
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["read"].keys() == documents.keys()
    return found


def test_no_document_makes_us_ask_another_machine(came_out: dict[str, Any]) -> None:
    assert came_out["asked"] == []


def test_no_document_brings_in_a_file_of_ours(came_out: dict[str, Any]) -> None:
    assert SECRET not in str(came_out["read"])


def test_no_document_blows_up_in_memory(came_out: dict[str, Any]) -> None:
    assert came_out["megabytes"] < 300
    assert "lollol" not in str(came_out["read"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("billion laughs", "uses &a9;, which is not defined"),
        ("quadratic", "uses &x;, which is not defined"),
        ("file", "uses &x;, which is not defined"),
        ("schema of NLM", "none is fetched"),
        ("attributes", "a tag of more than 20,000 characters"),
        ("schema in a search", "none is fetched"),
    ],
)
def test_a_refused_record_says_why(came_out: dict[str, Any], name: str, told: str) -> None:
    assert told in came_out["read"][name]
