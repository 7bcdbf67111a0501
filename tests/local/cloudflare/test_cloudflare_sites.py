"""Deployed sites on their own ports: files, workers, and both together."""

from __future__ import annotations


def test_a_static_site_is_served_at_every_url_of_its_deployment(api, http):
    api.create_project()
    files = {"/index.html": b"<h1>hi</h1>", "/a/b.js": b"x"}
    deployment = api.deploy(files=files)
    assert deployment["latest_stage"] == {
        **deployment["latest_stage"],
        "name": "deploy",
        "status": "success",
    }
    for url in (deployment["url"], api.emulator.site_url("site"), *deployment["aliases"]):
        page = http.get(url)
        assert (page.status_code, page.text) == (200, "<h1>hi</h1>")
        assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_a_worker_answers_and_reaches_assets(api, http, workerd):
    api.create_project()
    worker = """export default { async fetch(request, env) {
      const url = new URL(request.url);
      if (url.pathname.startsWith('/api/'))
        return Response.json({url: request.url, method: request.method, body: await request.text(), env, country: request.cf.country});
      return env.ASSETS.fetch(request);
    } }"""
    deployment = api.deploy(files={"/index.html": b"home"}, worker=worker)
    assert deployment["latest_stage"]["status"] == "success", api.log(deployment)
    assert http.get(deployment["url"]).text == "home"
    answer = http.post(deployment["url"] + "/api/x?y=1", content=b"hello").json()
    assert answer["url"] == deployment["url"] + "/api/x?y=1"
    assert answer["body"] == "hello"
    assert answer["env"]["CF_PAGES"] == "1"
