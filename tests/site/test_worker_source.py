"""Finding the code of a site."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site import (
    MAX_WORKER_BUNDLE,
    WorkerBundle,
    WorkerModule,
    build_bundle,
    read_site,
)
from oneclick_deploy.site.imports import imports, possible_imports

Write = Callable[..., Path]
TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "node_modules"
WORKER = "export default { fetch(request, env) { return env.ASSETS.fetch(request); } };\n"


def _prebuilt(content: bytes = b"export default {}") -> bytes:
    module = WorkerModule(
        name="w.js", content_type="application/javascript+module", content=content
    )
    return build_bundle(WorkerBundle(main_module="w.js", modules=(module,)))


class TestFile:
    def test_a_self_contained_worker_is_taken_as_it_is(self, write: Write) -> None:
        worker = read_site(write({"_worker.js": WORKER})).worker
        assert worker is not None
        assert worker.main_module == "_worker.js"
        assert worker.modules[0].content == WORKER.encode()

    @pytest.mark.parametrize(
        "specifier", ["node:buffer", "cloudflare:workers", "buffer", "fs/promises", "http2"]
    )
    def test_modules_of_the_runtime_may_be_imported(self, write: Write, specifier: str) -> None:
        assert read_site(write({"_worker.js": f'import x from "{specifier}";\n{WORKER}'})).worker

    @pytest.mark.parametrize(
        "line",
        [
            'import { greet } from "./lib.js";',
            "import './lib.js'",
            'export * from "../lib.js";',
            'import{a as b}from"/lib.js";',
            'import React from "react"',
            'import x from "https://esm.sh/x"',
            'const m = await import("./lib.js");',
            'const m = await import(/* why */ "./lib.js");',
        ],
    )
    def test_an_import_that_the_runtime_cannot_find_is_refused(
        self, write: Write, line: str
    ) -> None:
        with pytest.raises(SiteError, match=r"/_worker\.js imports '.*', which is not sent") as c:
            read_site(write({"_worker.js": f"{line}\n{WORKER}", "lib.js": ""}))
        assert "--outfile" in c.value.hint

    @pytest.mark.parametrize(
        "line",
        [
            '// import x from "./lib.js"',
            '/* import x from "./lib.js" */',
            "const doc = `import x from './lib.js'`;",
            "const doc = \"import x from './lib.js'\";",
            "const doc = `${`import x from './lib.js'`} from './y.js'`;",
            'try { await import("optional-package") } catch {}',
        ],
    )
    def test_text_that_looks_like_an_import_is_not_one(self, write: Write, line: str) -> None:
        assert read_site(write({"_worker.js": f"{line}\n{WORKER}"})).worker

    def test_functions_are_disabled_by_a_worker(self, write: Write, tmp_path: Path) -> None:
        (tmp_path / "functions").mkdir()
        (tmp_path / "functions" / "a.js").write_text("export const onRequest = () => {};")
        root = write({"_worker.js": WORKER})
        assert read_site(root, functions=tmp_path / "functions").worker

    def test_an_empty_file_is_a_worker_that_the_runtime_judges(self, write: Write) -> None:
        assert read_site(write({"_worker.js": "", "a": ""})).worker


class TestFolder:
    def test_modules_are_typed_by_extension_and_others_left_out(self, write: Write) -> None:
        root = write(
            {
                "_worker.js/index.js": WORKER,
                "_worker.js/b/z.mjs": "1",
                "_worker.js/b.js": "1",
                "_worker.js/a.txt": "1",
                "_worker.js/t.html": "1",
                "_worker.js/q.sql": "1",
                "_worker.js/d.bin": "1",
                "_worker.js/x.wasm": "1",
                "_worker.js/x.wasm?module": "1",
                "_worker.js/.hidden/deep.js": "1",
                "_worker.js/data.json": "1",
                "_worker.js/index.js.map": "1",
                "_worker.js/UPPER.JS": "1",
                "_worker.js/none": "1",
                "_worker.js/.wrangler/x.js": "1",
            }
        )
        worker = read_site(root).worker
        assert worker is not None
        javascript = "application/javascript+module"
        assert [(module.name, module.content_type) for module in worker.modules] == [
            ("index.js", javascript),
            (".hidden/deep.js", javascript),
            ("a.txt", "text/plain"),
            ("b/z.mjs", javascript),
            ("b.js", javascript),
            ("d.bin", "application/octet-stream"),
            ("q.sql", "text/plain"),
            ("t.html", "text/plain"),
            ("x.wasm", "application/wasm"),
            ("x.wasm?module", "application/wasm"),
        ]

    def test_it_needs_an_index(self, write: Write) -> None:
        with pytest.raises(SiteError, match=r"/_worker\.js/ has no index\.js"):
            read_site(write({"_worker.js/main.js": WORKER}))

    def test_imports_between_its_modules_are_fine(self, write: Write) -> None:
        root = write(
            {
                "_worker.js/index.js": 'import "./a/b.js"; import "./w.wasm?module";' + WORKER,
                "_worker.js/w.wasm?module": "",
                "_worker.js/a/b.js": 'import "../c.mjs"; import "/c.mjs"; import "d.js";',
                "_worker.js/a/d.js": "",
                "_worker.js/c.mjs": 'import "node:fs";',
            }
        )
        assert read_site(root).warnings == ()

    def test_a_bare_name_is_looked_for_beside_the_importer_only(self, write: Write) -> None:
        root = write(
            {
                "_worker.js/index.js": 'import "./a/b.js";' + WORKER,
                "_worker.js/a/b.js": 'import "c.mjs";',
                "_worker.js/c.mjs": "",
            }
        )
        with pytest.raises(SiteError, match=r"a/b\.js imports 'c\.mjs', which is not sent"):
            read_site(root)

    def test_a_static_import_of_what_is_not_sent_is_refused(self, write: Write) -> None:
        root = write(
            {
                "_worker.js/index.js": 'import data from "./data.json";' + WORKER,
                "_worker.js/data.json": "{}",
            }
        )
        with pytest.raises(SiteError, match=r"imports '\./data\.json', which is not sent"):
            read_site(root)

    def test_a_dynamic_import_of_what_is_not_sent_is_warned_of(self, write: Write) -> None:
        root = write({"_worker.js/index.js": 'const f = () => import("./no.js");' + WORKER})
        assert "/_worker.js/index.js imports './no.js'" in read_site(root).warnings[0]

    def test_its_links_may_not_leave_the_site(self, write: Write, tmp_path: Path) -> None:
        root = write({"_worker.js/index.js": WORKER})
        (tmp_path / "secret.txt").write_text("s3cret")
        (root / "_worker.js" / "secret.txt").symlink_to(tmp_path / "secret.txt")
        with pytest.raises(SiteError, match=r"/_worker\.js/secret\.txt is a link that leaves"):
            read_site(root)

    def test_it_may_be_a_link_inside_the_site(self, write: Write) -> None:
        root = write({"built/index.js": WORKER})
        (root / "_worker.js").symlink_to("built")
        worker = read_site(root).worker
        assert worker is not None
        assert worker.main_module == "index.js"

    def test_too_many_files_are_refused(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from oneclick_deploy.site import worker_source

        monkeypatch.setattr(worker_source, "MAX_MODULES", 2)
        with pytest.raises(SiteError, match="has 3 files, the limit is 2"):
            read_site(write({f"_worker.js/{name}": "" for name in ("index.js", "a.js", "b.js")}))


class TestPrebuilt:
    def test_it_is_the_worker_and_is_not_published(self, write: Write) -> None:
        site = read_site(write({"_worker.bundle": _prebuilt(), "index.html": ""}))
        assert site.worker is not None
        assert site.worker.main_module == "w.js"
        assert list(site.manifest()) == ["/index.html"]

    def test_it_is_taken_before_the_script_it_was_built_from(self, write: Write) -> None:
        root = write({"_worker.js": 'import "./lib.js"', "_worker.bundle": _prebuilt()})
        site = read_site(root)
        assert site.worker is not None
        assert site.worker.main_module == "w.js"
        assert site.warnings == ()

    def test_an_outdated_one_is_warned_of(self, write: Write) -> None:
        root = write({"_worker.js": WORKER, "_worker.bundle": _prebuilt()})
        os.utime(root / "_worker.bundle", (1, 1))
        assert "is older than /_worker.js" in read_site(root).warnings[0]

    def test_a_broken_one_is_refused(self, write: Write) -> None:
        with pytest.raises(SiteError, match=r"_worker\.bundle cannot be used"):
            read_site(write({"_worker.bundle": "x"}))

    def test_one_that_wrangler_built_is_read(self, write: Write, tmp_path: Path) -> None:
        wrangler = TOOLS / "wrangler" / "bin" / "wrangler.js"
        node = Path(sys.executable).parent / "node"
        if not wrangler.exists() or not node.exists():
            pytest.skip("needs wrangler and Node.js, installed by tools/install_test_tools.py")
        root = write({"_worker.js": 'import { a } from "./lib.js";\n' + WORKER + "a();"})
        (root / "lib.js").write_text("export const a = () => 1;")
        subprocess.run(
            [node, wrangler, "pages", "functions", "build", "--build-output-directory", root,
             "--outfile", root / "_worker.bundle"],
            check=True, capture_output=True, cwd=tmp_path, timeout=60,
            env={"PATH": os.defpath, "HOME": str(tmp_path), "WRANGLER_SEND_METRICS": "false"},
        )  # fmt: skip

        worker = read_site(root).worker

        assert worker is not None
        assert worker.settings == {}
        (module,) = worker.modules
        assert module.name == worker.main_module
        assert module.content_type == "application/javascript+module"
        assert b"env.ASSETS.fetch" in module.content


class TestFunctions:
    def test_functions_that_are_not_compiled_are_refused(
        self, pages_traces: Path, tmp_path: Path
    ) -> None:
        project = shutil.copytree(pages_traces / "inputs" / "functions", tmp_path / "project")
        with pytest.raises(SiteError, match="not compiled") as caught:
            read_site(project / "site", functions=project / "functions")
        assert "wrangler pages functions build --outfile" in caught.value.hint

    def test_compiled_functions_are_taken(self, write: Write, tmp_path: Path) -> None:
        (tmp_path / "functions").mkdir()
        (tmp_path / "functions" / "a.js").write_text("")
        root = write({"_worker.bundle": _prebuilt()})
        assert read_site(root, functions=tmp_path / "functions").worker

    def test_a_folder_without_scripts_is_no_code(self, write: Write, tmp_path: Path) -> None:
        root = write({"index.html": ""})
        (tmp_path / "functions").mkdir()
        (tmp_path / "functions" / "README.md").write_text("nothing here yet")
        assert read_site(root, functions=tmp_path / "functions").worker is None
        assert read_site(root, functions=tmp_path / "absent").worker is None

    def test_functions_inside_the_output_are_warned_of(self, write: Write) -> None:
        site = read_site(write({"index.html": "", "functions/a.js": ""}))
        assert site.worker is None
        assert "/functions/ in the output directory" in site.warnings[0]


class TestSize:
    def test_a_worker_over_the_limit_is_refused(self, write: Write) -> None:
        with pytest.raises(SiteError, match=r"the worker has 26,214,\d+ bytes, the limit is"):
            read_site(write({"_worker.js": b" " * MAX_WORKER_BUNDLE}))
        with pytest.raises(SiteError, match=r"/_worker\.js has 26,214,401 bytes"):
            read_site(write({"_worker.js": b" " * (MAX_WORKER_BUNDLE + 1)}))

    def test_a_folder_over_the_limit_is_refused(self, write: Write) -> None:
        half = b" " * (MAX_WORKER_BUNDLE // 2 + 1)
        with pytest.raises(SiteError, match="the worker has"):
            read_site(write({"_worker.js/index.js": half, "_worker.js/a.bin": half}))

    def test_a_prebuilt_worker_over_the_limit_is_refused(self, write: Write) -> None:
        with pytest.raises(SiteError, match=r"/_worker\.bundle has 26,214,401 bytes"):
            read_site(write({"_worker.bundle": b" " * (MAX_WORKER_BUNDLE + 1)}))

    @pytest.mark.parametrize(("mebibytes", "plan"), [(4, "free plan"), (11, "paid plans")])
    def test_what_a_plan_may_refuse_is_warned_of(
        self, write: Write, mebibytes: int, plan: str
    ) -> None:
        noise = random.Random(1).randbytes(mebibytes * 1024 * 1024)
        root = write({"_worker.js/index.js": WORKER, "_worker.js/noise.bin": noise})
        assert plan in read_site(root).warnings[0]

    def test_a_large_worker_that_compresses_well_is_fine(self, write: Write) -> None:
        site = read_site(write({"_worker.js": WORKER + " " * (5 * 1024 * 1024)}))
        assert site.warnings == ()


class TestImports:
    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ("", []),
            ('import a from "a"', [("a", False)]),
            ("import a, { b as c } from 'a'", [("a", False)]),
            ('import * as a from "a"; export { a } from "b"', [("a", False), ("b", False)]),
            ('import"a";import("b")', [("a", False), ("b", True)]),
            ("import.meta.url; x.import('a'); y.from('b'); Array.from('c')", []),
            ("({ import: 'a', from: 'b' })", []),
            ("const s = 'from' + 'x'", []),
            (r"const r = /[/'\"`]/; import 'a'", [("a", False)]),
            ("if (x) /'/.test(y); import 'a'", [("a", False)]),
            ("a = b / c; d = e / f; import 'a'", [("a", False)]),
            ("a++ / 2; b = 'x' / 3; import 'a'", [("a", False)]),
            ("`a${ { b: `}` }[`c`] }import 'x'`; import 'a'", [("a", False)]),
            ("`a$b\\`c` ; import 'a'", [("a", False)]),
            (r"'it\'s import'; import 'a'", [("a", False)]),
            ("return /* x */ /'/; import 'a'", [("a", False)]),
            ("x = f(1) / 2; y = '/'; import 'a'", [("a", False)]),
            ("'unterminated\nimport 'a'", [("a", False)]),
            ("`unterminated import 'a'", []),
            ("/* unterminated import 'a'", []),
            ("/unterminated import 'a'\nimport 'b'", [("b", False)]),
            ("}}}))) import 'a'", [("a", False)]),
            ("import(variable); import(`a${b}`); import`a`; from`b`", []),
            ("import(`a`)", [("a", True)]),
        ],
    )
    def test_imports_are_told_from_text(self, source: str, found: list[tuple[str, bool]]) -> None:
        assert [(item.specifier, item.dynamic) for item in imports(source)] == found

    @pytest.mark.parametrize(
        "piece",
        ["import /*", "import ", "(/[", "(/a", "'\"", "`${", "/*", "{", "import(", "from\t", "\\"],
    )
    def test_hostile_sources_come_to_an_end(self, piece: str) -> None:
        source = piece * 20_000
        assert possible_imports(source) == set()
        assert imports(source) == []

    @given(st.text(alphabet="importfromexp'\"`${}()/*\\[]\n a.+", max_size=60))
    def test_any_text_can_be_scanned(self, source: str) -> None:
        for found in imports(source):
            assert found.specifier in source
