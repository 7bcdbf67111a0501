"""Compare reading a site with the hashing that wrangler does, file by file, in Node.js.

``python benchmarks/site_hash.py [--files 3000] [--mebibytes 60]``

Ours lists, checks and hashes the whole directory; the other side only lists and hashes, with the
``blake3-wasm`` package that wrangler brings along, the way its ``hashFile`` does it (read, base64,
hash, one file after the other). Both print their best of several runs with a warm file cache.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sidebyside import Machine, skip

from oneclick_deploy.site import MAX_FILE_SIZE, read_site

RUNS = 5
REPOSITORY = Path(__file__).resolve().parent.parent
BLAKE3 = REPOSITORY / ".tools" / "node_modules" / "blake3-wasm"

HASH_IN_NODE = """
const fs = require("node:fs"), path = require("node:path");
const [, , library, root, runs] = process.argv;
const blake3 = require(library);
function hashAll(folder, into, prefix) {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    if (fs.statSync(file).isDirectory()) { hashAll(file, into, `${prefix}${name}/`); continue; }
    const text = fs.readFileSync(file).toString("base64") + path.extname(file).slice(1);
    into[prefix + name] = blake3.hash(text).toString("hex").slice(0, 32);
  }
  return into;
}
let best = Infinity, manifest;
for (let run = 0; run < Number(runs); run++) {
  const start = performance.now();
  manifest = hashAll(root, {}, "/");
  best = Math.min(best, performance.now() - start);
}
console.log(JSON.stringify({ seconds: best / 1000, manifest }));
"""


def make_tree(root: Path, *, files: int, size: int) -> None:
    """Write files whose sizes vary as those of a real site: many small ones, a few large ones."""
    generator = random.Random(1)
    weights = [min(generator.paretovariate(1.2), 250) for _ in range(files)]
    scale = size / sum(weights)
    for number, weight in enumerate(weights):
        extension = generator.choice(["js", "css", "html", "png", "json", "woff2"])
        file = root / f"folder-{number % 60}" / f"{number:05}.{extension}"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(generator.randbytes(min(int(weight * scale), MAX_FILE_SIZE)))


def ours(root: Path) -> tuple[float, dict[str, str]]:
    """Give the best time and the manifest."""
    best = float("inf")
    manifest: dict[str, str] = {}
    for _ in range(RUNS):
        start = time.perf_counter()
        manifest = read_site(root, max_files=1_000_000).manifest()
        best = min(best, time.perf_counter() - start)
    return best, manifest


def theirs(root: Path, node: str) -> tuple[float, dict[str, str]]:
    """Give the best time and the manifest of the loop in Node.js."""
    script = root.parent / "hash.cjs"
    script.write_text(HASH_IN_NODE, encoding="utf-8")
    command = [node, str(script), str(BLAKE3), str(root), str(RUNS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    return answer["seconds"], answer["manifest"]


def node_program() -> str:
    """Find a Node.js: that of the environment first, then the one on PATH."""
    beside = Path(sys.executable).parent / "node"
    found = str(beside) if beside.exists() else shutil.which("node")
    if not found or not BLAKE3.is_dir():
        skip("needs Node.js and wrangler's packages in .tools; run tools/install_test_tools.py")
    return found


def main() -> None:
    """Make the tree, time both, compare their results."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--files", type=int, default=3000)
    arguments.add_argument("--mebibytes", type=int, default=60)
    options = arguments.parse_args()
    node = node_program()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "site"
        root.mkdir()
        make_tree(root, files=options.files, size=options.mebibytes * 1024 * 1024)
        our_time, our_manifest = ours(root)
        their_time, their_manifest = theirs(root, node)
    if our_manifest != their_manifest:
        sys.exit("site_hash: the two manifests differ")
    print(Machine.here())
    print(f"{options.files:,} files, {options.mebibytes} MiB, best of {RUNS}, equal manifests")
    print(f"read_site (list, check, hash)   {our_time * 1000:7.0f} ms")
    print(f"wrangler's hashing in Node.js   {their_time * 1000:7.0f} ms")
    print(f"ratio                           {their_time / our_time:7.2f} x")


if __name__ == "__main__":
    main()
