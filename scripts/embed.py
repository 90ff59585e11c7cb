#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turn SQL and text files into C sources, for the build.

usage: embed.py migrations OUT.c DIR      migrations of every engine below DIR
       embed.py queries OUT.c OUT.h DIR   DIR/<name>.sql as query_<name>
       embed.py text OUT.c SYMBOL FILE    a file as SYMBOL and SYMBOL_len

The same input gives the same bytes.
"""

import hashlib
import pathlib
import re
import sys

HEAD = (
    "/* Made by scripts/embed.py; do not edit. */\n"
    '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
)


def die(message):
    sys.exit(f"embed.py: {message}")


def read(path):
    data = path.read_bytes()
    if b"\0" in data:
        die(f"{path}: holds a NUL byte")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        die(f"{path}: not UTF-8")
    return data


def literal(data, indent="\t"):
    """C string literals, one for each line, in any compiler's charset."""
    lines = data.splitlines(keepends=True) or [b""]
    return "\n".join(indent + '"' + "".join(map(escape, line)) + '"' for line in lines)


def escape(byte):
    named = {0x0A: "\\n", 0x09: "\\t", 0x22: '\\"', 0x5C: "\\\\", 0x3F: "\\?"}
    if byte in named:
        return named[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def write(path, text):
    pathlib.Path(path).write_text(text, encoding="ascii", newline="\n")


def steps(folder):
    """The numbered files of one engine, which must count 1, 2, 3 ..."""
    found = []
    for path in folder.glob("*.sql"):
        match = re.fullmatch(r"(\d{4})_[a-z0-9_]+", path.stem)
        if not match:
            die(f"{path}: not named like 0001_core.sql")
        found.append((int(match[1]), path))
    found.sort()
    for at, (number, path) in enumerate(found, 1):
        if number != at:
            die(f"{path}: expected number {at:04d}")
    return found


def step_check(path, data):
    text = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", data.decode("utf-8"))
    bad = re.search(r"(?i)(?:^|;)\s*(BEGIN|COMMIT|END|ROLLBACK|PRAGMA)\b", text)
    if bad:
        die(f"{path}: '{bad[1]}': the program makes the transaction and the settings")


def migrations(out, folder):
    engines = sorted(p for p in pathlib.Path(folder).iterdir() if p.is_dir())
    text = HEAD + '#include "db/migrate.h"\n\n#include <string.h>\n'
    choose = ""
    for engine in engines:
        rows = ""
        found = steps(engine)
        if not found:
            continue
        for number, path in found:
            data = read(path)
            step_check(path, data)
            digest = hashlib.sha256(data).hexdigest()
            text += f"\nstatic const char {engine.name}_{number:04d}[] =\n{literal(data)};\n"
            rows += (
                f'\t{{{number}, "{path.stem}", {engine.name}_{number:04d},\n'
                f'\t "{digest}"}},\n'
            )
        text += f"\nstatic const struct migration {engine.name}[] = {{\n{rows}}};\n"
        choose += (
            f'\tif (strcmp(engine, "{engine.name}") == 0) {{\n'
            f"\t\t*ret_n = {len(found)};\n\t\treturn {engine.name};\n\t}}\n"
        )
    text += (
        "\nconst struct migration *migration_list(const char *engine, size_t *ret_n)\n"
        f"{{\n{choose}\t(void)engine;\n\t*ret_n = 0;\n\treturn NULL;\n}}\n"
    )
    write(out, text)


def query_strip(data):
    """Without whole-line and trailing comments, blank lines and indentation of
    the end. Text in quotes is kept as it is."""
    kept = []
    for line in data.decode("utf-8").splitlines():
        line = re.sub(
            r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|--.*""",
            lambda m: m[1] or "",
            line,
        ).rstrip()
        if line:
            kept.append(line)
    return ("\n".join(kept)).encode("utf-8")


def queries(out_c, out_h, folder):
    guard = "AWM_QUERIES_H"
    head = HEAD.splitlines(keepends=True)[0] + f"#ifndef {guard}\n#define {guard}\n\n"
    body = HEAD + f'#include "{pathlib.Path(out_h).name}"\n'
    for path in sorted(pathlib.Path(folder).glob("*.sql")):
        name = re.sub(r"[.-]", "_", path.stem)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            die(f"{path}: not a name for a query")
        head += f"extern const char query_{name}[];\n"
        body += f"\nconst char query_{name}[] =\n{literal(query_strip(read(path)))};\n"
    write(out_h, head + "\n#endif\n")
    write(out_c, body)


def text_file(out, symbol, source):
    if not re.fullmatch(r"[a-z][a-z0-9_]*", symbol):
        die(f"'{symbol}': not a C name")
    data = read(pathlib.Path(source))
    write(
        out,
        HEAD
        + "#include <stddef.h>\n\n"
        + f"extern const char {symbol}[];\nextern const size_t {symbol}_len;\n\n"
        + f"const char {symbol}[] =\n{literal(data)};\n"
        + f"const size_t {symbol}_len = sizeof({symbol}) - 1;\n",
    )


def main(argv):
    commands = {"migrations": (migrations, 2), "queries": (queries, 3), "text": (text_file, 3)}
    if len(argv) < 2 or argv[1] not in commands:
        sys.exit(__doc__)
    run, count = commands[argv[1]]
    if len(argv) != count + 2:
        sys.exit(__doc__)
    run(*argv[2:])


if __name__ == "__main__":
    main(sys.argv)
