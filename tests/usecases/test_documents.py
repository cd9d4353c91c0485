"""Attaching files, their versions and kinds, and the list of all papers of a case."""

from __future__ import annotations

import pytest

from service.domain.attachments import Limits
from service.domain.errors import BadInput, Forbidden, NotFound
from service.usecases import cases, documents, papers, task_assignment

PDF, TEXT = b"%PDF-1.7 et brev", "Kære Anna".encode()
LIMITS = Limits(1024, frozenset({"pdf", "txt"}))


def attach(office, name, where, content=PDF, *, title="Brev", kind="bilag", file_name="brev.pdf", replaces=None):
    return documents.upload(
        office.world.platform,
        office.person(name),
        where,
        kind=kind,
        title=title,
        file_name=file_name,
        content=content,
        limits=LIMITS,
        replaces=replaces,
    )


def listed(office, name, case, kind=""):
    return documents.look(office.world.platform, office.person(name), case.number, kind)


class TestAttaching:
    def test_a_file_is_a_document_of_its_own_bytes_type(self, office):
        case = office.receive()
        kept = attach(office, "lone", case.number, TEXT, file_name="brev.pdf")
        assert (kept.media_type, kept.file_name, kept.version, kept.made_by) == (
            "text/plain",
            "brev.pdf.txt",
            1,
            "lone",
        )
        assert cases.document(office.world.platform, office.person("lone"), kept.key)[1] == TEXT

    def test_the_same_document_again_is_a_new_version_and_nothing_is_lost(self, office):
        case = office.receive()
        first = attach(office, "lone", case.number)
        second = attach(office, "lone", case.number, TEXT, title="glemmes", kind="glemmes", replaces=first.key)
        assert (second.title, second.kind, second.version) == ("Brev", "bilag", 2)
        assert attach(office, "lone", case.number).version == 3
        assert attach(office, "lone", case.number, title="").title == "brev"
        assert cases.document(office.world.platform, office.person("lone"), first.key)[1] == PDF

    def test_through_a_task_of_the_case(self, office):
        case = office.receive()
        task = office.task(case)
        task_assignment.take(office.world.platform, office.person("nina"), task.key)
        assert attach(office, "nina", task.key).case_key == case.key
        assert listed(office, "nina", case).attachable

    @pytest.mark.parametrize(
        ("content", "message"),
        [(b"", "tom"), (b"%PDF-" + b"x" * 2000, "fylder"), (b"MZ\x90", "slags"), (b"\x89PNG\r\n\x1a\n", "slags")],
    )
    def test_what_is_refused(self, office, content, message):
        case = office.receive()
        with pytest.raises(BadInput, match=message):
            attach(office, "lone", case.number, content)
        assert listed(office, "lone", case, "bilag").papers == []

    def test_who_may_not(self, office):
        case = office.receive()
        task = office.task(case)
        office.world.platform.store.transact(lambda uow: uow.tasks.assign(task, "per"))
        for name in ("per", "lars", "dan", "ruth"):
            with pytest.raises(Forbidden):
                attach(office, name, case.number)
        with pytest.raises(Forbidden):
            attach(office, "lone", case.number, kind="ukendt")
        with pytest.raises(NotFound):
            attach(office, "lone", case.number, replaces=99)
        with pytest.raises(NotFound):
            attach(office, "lone", "A-2026-999")


class TestTheList:
    def test_every_paper_with_its_versions_newest_first(self, office):
        case = office.receive()
        office.world.move_to(office.world.clock.now().replace(hour=10))
        first = attach(office, "lone", case.number)
        attach(office, "lone", case.number, TEXT, replaces=first.key)
        page = listed(office, "lone", case)
        letter, form = page.papers
        assert (letter.title, letter.kind_title, letter.version, letter.by) == ("Brev", "Bilag", 2, "Lone Test Leder")
        assert [(p.version, p.address) for p in letter.earlier] == [(1, f"/dokumenter/{first.key}/vis")]
        assert (form.kind, form.address) == ("skema", f"/sager/{case.number}/skemaer/modtag/1")
        assert page.kinds == [("bilag", "Bilag"), ("skema", "Skema")]
        assert [p.title for p in listed(office, "lone", case, "bilag").papers] == ["Brev"]
        assert cases.accesses(office.world.platform, office.person("lone"), case.number)[0][2] == "dokumenter"

    def test_parts_show_the_papers_they_name(self, office):
        case = office.receive()
        attach(office, "lone", case.number)
        task = office.task(case)
        office.world.platform.store.transact(lambda uow: uow.tasks.assign(task, "per"))
        page = listed(office, "per", case)
        assert [p.kind for p in page.papers] == ["skema"]
        assert page.attachable == {}
        with pytest.raises(Forbidden):
            listed(office, "lars", case)

    def test_a_preview_names_all_versions(self, office):
        case = office.receive()
        first = attach(office, "lone", case.number)
        second = attach(office, "lone", case.number, TEXT, replaces=first.key)
        shown = documents.preview(office.world.platform, office.person("lone"), first.key)
        assert [d.key for d in shown.versions] == [second.key, first.key]
        assert (shown.by, shown.kind_title) == ("Lone Test Leder", "Bilag")
        with pytest.raises(Forbidden):
            documents.preview(office.world.platform, office.person("lars"), first.key)


class TestForms:
    def test_a_submission_with_the_one_before_it(self, office):
        case = office.receive()
        page = papers.look(office.world.platform, office.person("lone"), case.number, "modtag", 1)
        assert (page.before, [r.version for r in page.versions]) == (None, [1])
        assert page.citizen.name == "Anna Test Dal"

    def test_an_empty_form_shows_every_part(self, office):
        form, shown = papers.empty(office.world.platform, "behandl")
        assert form.id == "behandl"
        assert (shown.raw, shown.hidden) == ({}, frozenset())
        with pytest.raises(NotFound):
            papers.empty(office.world.platform, "findes-ikke")
