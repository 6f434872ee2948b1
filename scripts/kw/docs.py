"""Whether the Markdown files keep their word: links lead somewhere, files that are named exist, lines are short."""

import re
from collections import Counter

from .settings import MODULE, REPO

WIDTH = 100

#: What links lead to and what names a file, in text without blocks of code.
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)|<img\s[^>]*src=\"([^\"]+)\"", re.M)
SPAN = re.compile(r"`((?:[^`\n]|\n(?!\n))+)`")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)

#: Endings of our files. What is named with one of them, or ends as a folder does, is a file or folder of ours.
ENDINGS = (".py", ".xml", ".csv", ".md", ".sh", ".txt", ".toml", ".in", ".yml", ".yaml", ".scss", ".js", ".json", ".sha256")

#: Pages in which every file that is named has to exist. A changelog also names what is gone.
NAMING = ("docs", "README.md", "CONTRIBUTING.md")


def find_wrong_docs(files, root=REPO):
    """``(path, what is wrong)`` of each dead link, missing file and long line of the Markdown in ``files``."""
    present = {path.relative_to(root).as_posix() for path in files}
    present |= {folder.as_posix() for name in list(present) for folder in _parents(name)}
    pages = {path: _without_code(path.read_text(encoding="utf-8")) for path in files if path.suffix == ".md"}
    for path, text in pages.items():
        for match in LINK.finditer(SPAN.sub(_blank, text)):
            wrong = _judge_link(path, next(filter(None, match.groups())), pages, root)
            if wrong:
                yield path, f"line {_line(text, match)}: {wrong}"
        if path.relative_to(root).parts[0] not in NAMING:
            continue
        for match in SPAN.finditer(text):
            for name in re.split(r"[\s=,'\"]+", match[1]):
                if _names_file(name) and not _exists(name, path.relative_to(root).parent, present):
                    yield path, f"line {_line(text, match)}: there is no {name}"
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > WIDTH and not line.lstrip().startswith("|") and " " in line.strip():
                yield path, f"line {number} has {len(line)} characters, more than {WIDTH}"
    # comments and docstrings name pages as well
    for path in files:
        if path.suffix in (".py", ".txt", ".sh", ".xml", ".yml") or path.name == "Makefile":
            for name in re.findall(r"\bdocs/[\w./-]+\.md\b", path.read_text(encoding="utf-8", errors="ignore")):
                if name not in present and "tests" not in path.relative_to(root).parts[:2]:
                    yield path, f"there is no {name}"


def _parents(name):
    parts = name.split("/")[:-1]
    return [type(REPO)(*parts[: count + 1]) for count in range(len(parts))]


def _without_code(text):
    """The text with the lines of blocks of code empty, so that the others keep their numbers."""
    lines, fenced, before = [], False, ""
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        indented = line.startswith("    ") and not before
        lines.append("" if fence or fenced or indented else line)
        fenced, before = fenced != fence, lines[-1].strip()
    return "\n".join(lines)


def _blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def _line(text, match):
    return text.count("\n", 0, match.start()) + 1


def _judge_link(path, target, pages, root):
    """What is wrong with a link of the page ``path``, if anything."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _sign, anchor = target.partition("#")
    there = (path.parent / name).resolve() if name else path
    if not there.is_relative_to(root) or not there.exists():
        return f"the link {target} leads nowhere"
    if anchor and there in pages and anchor not in _anchors(pages[there]):
        return f"{there.relative_to(root)} has no heading for the link {target}"
    return None


def _anchors(text):
    """The anchors that GitHub gives to the headings."""
    seen, anchors = Counter(), set()
    for heading in HEADING.findall(text):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return anchors


def _names_file(name):
    """Whether a word in backticks names something of the repository, by its looks."""
    if name.startswith(("/", "<", "$", "-", "~")) or re.search(r"[^\w./<>*…-]", name):
        return False
    # a folder is named with its slash at the end; a dot and an ending alone is a kind of file
    return name.endswith(("/", *ENDINGS)) and name not in ENDINGS


def _exists(name, here, present):
    """Whether the file or folder is there: from the top, in the module, beside the page or, of a bare file name, anywhere.

    ``<room>``, ``*`` and ``…`` stand for any part of a name.
    """
    pattern = re.escape(re.sub(r"<[^>]*>|…", "*", name.rstrip("/"))).replace(r"\*", "[^/]*")
    places = ["", re.escape(f"{MODULE}/"), re.escape(f"{here.as_posix()}/")]
    if "/" not in name.rstrip("/"):
        places.append(".*/")
    wanted = re.compile(f"(?:{'|'.join(places)}){pattern}")
    return any(wanted.fullmatch(path) for path in present)
