"""Headers, the session, forged posts, and patience with wrong passwords."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Blueprint, Flask

from service.web import permissions, security
from service.web.permissions import Capability, capabilities
from tests.web.samples import LEADER, NOW, OPERATOR, OWNER, WORKER
from tests.web.site import make_site
from tests.web.town import open_town


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_site()


class TestHeaders:
    def test_every_answer_is_protected(self, app: Flask) -> None:
        client = app.test_client()
        for address in ("/stilguide", "/findes-ikke", "/stilguide/fejl/500", "/opgaver"):
            headers = client.get(address).headers
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"

    def test_drawing_programs_get_just_a_little_more(self, app: Flask) -> None:
        with app.test_request_context("/"):
            security.allow_editor()
            answer = app.process_response(app.make_response("x"))
        assert "style-src-attr 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]

    def test_the_cookie_is_closed_to_scripts_and_other_sites(self, app: Flask) -> None:
        cookie = app.test_client().get("/ind/mona.mentor").headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


class TestForgedPosts:
    def test_a_post_without_the_token_is_refused(self, app: Flask) -> None:
        client = app.test_client()
        client.get("/ind/mona.mentor")
        client.get("/stilguide/skema")
        for data in ({}, {"_csrf": ""}, {"_csrf": "gættet"}):
            answer = client.post("/sprog", data=data)
            assert answer.status_code == 400
            assert "har stået åben for længe" in answer.text

    def test_a_post_from_another_site_is_refused_even_with_the_token(self, app: Flask) -> None:
        client = app.test_client()
        client.get("/stilguide/skema")
        with client.session_transaction() as session:
            token = session["csrf"]
        other = client.post("/sprog", data={"_csrf": token}, headers={"Sec-Fetch-Site": "cross-site"})
        assert other.status_code == 400
        assert client.post("/sprog", headers={"X-CSRF-Token": token}).status_code == 302

    def test_the_token_of_another_session_does_not_help(self, app: Flask) -> None:
        first, second = app.test_client(), app.test_client()
        for client in (first, second):
            client.get("/stilguide/skema")
        with first.session_transaction() as session:
            token = session["csrf"]
        assert second.post("/sprog", data={"_csrf": token}).status_code == 400


class TestPrograms:
    def test_they_need_neither_token_nor_row(self) -> None:
        site, api = make_site(), Blueprint("api", __name__, url_prefix="/v2")
        api.for_programs = True  # type: ignore[attr-defined]
        api.post("/ping")(lambda: {"pong": True})
        site.register_blueprint(api)
        assert site.test_client().post("/v2/ping").get_json() == {"pong": True}
        assert "/v2/ping" not in permissions.missing_rows(site)


class TestSession:
    def test_it_ends_after_its_hours(self, app: Flask) -> None:
        with app.test_request_context("/"):
            assert security.signed_in(NOW) is None
            security.begin_session(WORKER, NOW)
            assert security.signed_in(NOW + timedelta(hours=9, minutes=59)) == "mona.mentor"
            assert security.signed_in(NOW + timedelta(hours=10)) is None
            assert security.signed_in(NOW - timedelta(minutes=1)) is None

    def test_a_new_session_keeps_nothing_but_the_language(self, app: Flask) -> None:
        with app.test_request_context("/"):
            from flask import session

            session.update({"language": "en", "csrf": "gammel", "andet": 1})
            security.begin_session(WORKER, NOW)
            assert set(session) - {"_permanent"} == {"language", "who", "since"}

    @pytest.mark.parametrize(
        "address", ["https://eksempel.dk", "//eksempel.dk", "/\\eksempel.dk", "opgaver", "", "/a\nb"]
    )
    def test_one_only_lands_on_own_pages(self, address: str) -> None:
        assert security.own_path(address) == ""
        assert security.own_path("/opgaver?vis=mine") == "/opgaver?vis=mine"


class TestThrottle:
    def test_guessing_gets_slower(self) -> None:
        throttle, waits = security.LoginThrottle(), []
        for _ in range(18):
            waits.append(throttle.wait("Mona.Mentor", "1.2.3.4", NOW))
            throttle.failed("mona.mentor ", "1.2.3.4", NOW)
        assert waits[:5] == [0] * 5
        assert waits[5:9] == [1, 2, 4, 8]
        assert max(waits) == 900
        assert throttle.wait("mona.mentor", "1.2.3.4", NOW + timedelta(minutes=16)) == 0

    def test_others_are_not_held_up(self) -> None:
        throttle = security.LoginThrottle()
        for _ in range(10):
            throttle.failed("mona.mentor", "1.2.3.4", NOW)
        assert throttle.wait("lone.leder", "1.2.3.4", NOW) == 0
        throttle.succeeded("mona.mentor", "1.2.3.4")
        assert throttle.wait("mona.mentor", "1.2.3.4", NOW) == 0

    def test_one_address_cannot_try_everybody(self) -> None:
        throttle = security.LoginThrottle()
        for number in range(40):
            throttle.failed(f"bruger{number}", "1.2.3.4", NOW)
        assert throttle.wait("en.ny", "1.2.3.4", NOW) > 0
        assert throttle.wait("en.ny", "5.6.7.8", NOW) == 0

    def test_it_forgets_rather_than_grows(self) -> None:
        throttle = security.LoginThrottle()
        throttle.MOST = 100
        for number in range(500):
            throttle.failed(f"bruger{number}", "1.2.3.4", NOW + timedelta(seconds=number))
        assert len(throttle._failures) <= 102


class TestDoors:
    def test_strangers_are_asked_to_log_in_and_brought_back(self, app: Flask) -> None:
        client = make_site(rows={"/stilguide": frozenset({Capability.CASEWORK})}).test_client()
        assert client.get("/stilguide?a=1").headers["Location"] == "/log-ind?naeste=%2Fstilguide%3Fa%3D1"
        client.get("/ind/pia.procesejer")
        assert client.get("/stilguide").status_code == 403
        client.get("/ind/mona.mentor")
        assert client.get("/stilguide").status_code == 200

    def test_roles_give_capabilities(self) -> None:
        c = Capability
        both = {c.EVERYBODY, c.SIGNED_IN}
        assert capabilities(None) == {c.EVERYBODY}
        assert capabilities(WORKER) == both | {c.CASEWORK}
        assert capabilities(LEADER) == both | {c.CASEWORK, c.MANAGE}
        assert capabilities(OWNER) == both | {c.DESIGN}
        assert capabilities(OPERATOR) == both | {c.OPERATE}

    def test_who_has_a_right_over_cases_is_let_to_what_it_gives(self) -> None:
        """Also those who lead no unit: the use case decides, case by case."""
        for address in ("/sager/<number>/adgang", "/sager/<number>/frister/<deadline_id>"):
            assert permissions.may_open(address, capabilities(WORKER))
            assert not permissions.may_open(address, capabilities(OPERATOR))

    def test_a_page_without_a_row_is_for_nobody(self) -> None:
        assert not permissions.may_open("/ny-side", capabilities(LEADER))

    def test_every_page_has_a_row_and_every_row_a_page(self) -> None:
        with open_town() as town:
            served = {rule.rule for rule in town.app.url_map.iter_rules()}
            assert permissions.missing_rows(town.app) == []
            assert sorted(permissions.ROUTES.keys() - served) == []
