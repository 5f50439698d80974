"""Set-up of skills, holds, protection, dialling and teams, and the overview that says what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from allo.data.actions.skill import do_save_skill, do_set_skills
from allo.data.load_config import load_setup
from allo.data.models import (
    AuditEntry,
    BlockedNumber,
    ConfigRevision,
    CustomerKind,
    DiallingLimits,
    FloodProtection,
    Greeting,
    HoldReason,
    HomeCountry,
    Membership,
    Menu,
    Number,
    OutsideNumber,
    Queue,
    QueueAdmission,
    Skill,
    Team,
    Trunk,
    User,
)
from tests.web.test_setup import HX, PERSON, QUEUE, TRUNK

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import People, Visit

FLOOD = {"is_on": "on", "within_s": 60, "slow_beyond": 5, "refuse_beyond": 20}


@pytest.fixture
def admin(visit: Visit) -> Client:
    return visit("admin")


@pytest.fixture
def german(db: None) -> Skill:
    return do_save_skill(None, Skill(name="German"))


@pytest.mark.parametrize(
    ("slug", "fields", "model"),
    [
        ("skills", {"name": "German", "kind": "language"}, Skill),
        ("teams", {"name": "Early birds"}, Team),
        ("customer-kinds", {"name": "VIP", "priority": 3, "order": 0}, CustomerKind),
        ("hold-reasons", {"name": "Looking it up", "limit_s": 0, "order": 0}, HoldReason),
        ("outside-numbers", {"pattern": "+7 (495) *", "note": "Moscow"}, OutsideNumber),
        ("blocks", {"pattern": "+7 916 123-45-67", "reason": "Shouts"}, BlockedNumber),
    ],
)
def test_saving_deleting_and_undoing(admin: Client, slug: str, fields: dict[str, Any], model: Any) -> None:
    saved = admin.post(f"/setup/{slug}/new", fields, headers=HX)
    assert saved.status_code == 200, saved.content.decode()
    assert "in force" in json.loads(saved["HX-Trigger"])["allo:toast"]["text"]
    row = model.objects.get()
    assert str(row) in admin.get(f"/setup/{slug}/{row.pk}").content.decode()
    assert admin.post(f"/setup/{slug}/new", fields, headers=HX).status_code == 422  # once is enough
    undo = json.loads(admin.post(f"/setup/{slug}/{row.pk}/delete", headers=HX)["HX-Trigger"])["allo:toast"]["undo"]
    assert not model.objects.active().exists()
    admin.post(undo, headers=HX)
    assert model.objects.active().exists()
    assert AuditEntry.objects.count() == 3
    assert admin.get("/setup/history/").status_code == 200


def test_numbers_written_as_at_home_get_their_one_spelling(admin: Client) -> None:
    HomeCountry.objects.create(pk=1, code="RU")
    queue = Queue.objects.create(name="Sales")
    for slug, fields in (
        ("outside-numbers", {"pattern": "8 (495) *"}),
        ("blocks", {"pattern": "8 916 123-45-67", "reason": "Shouts"}),
        ("blocks", {"pattern": "8812*", "reason": "Robot"}),
        (
            "admission",
            {"queue": queue.pk, "most_waiting": 0, "longest_wait_s": 0, "closed_target_place": "number"}
            | {"closed_target_number": "8 495 123-45-67"},
        ),
    ):
        answer = admin.post(f"/setup/{slug}/new", fields, headers=HX)
        assert answer.status_code == 200, answer.content.decode()
    assert OutsideNumber.objects.get().pattern == "+7495*"
    assert set(BlockedNumber.objects.values_list("pattern", flat=True)) == {"+79161234567", "+7812*"}
    assert QueueAdmission.objects.get().closed_target == "number:+74951234567"
    again = admin.post("/setup/blocks/new", {"pattern": "7 916 123-45-67", "reason": "r"}, headers=HX)
    assert "blocked already" in again.content.decode()


@pytest.mark.parametrize(
    ("slug", "fields", "sentence"),
    [
        ("blocks", {"pattern": "*", "reason": "r"}, "fits too many numbers"),
        ("blocks", {"pattern": "12*", "reason": "r"}, "fits too many numbers"),
        ("blocks", {"pattern": "+79161234567"}, "required"),
        ("blocks", {"pattern": "7916", "reason": "r", "expires_at": "2020-01-01T10:00"}, "has passed"),
        ("outside-numbers", {"pattern": "*"}, "fits too many numbers"),
        ("outside-numbers", {"pattern": "abc"}, "Use digits"),
        ("customer-kinds", {"name": "VIP", "priority": 11, "order": 0}, "less than or equal to 10"),
        ("hold-reasons", {"name": "R", "limit_s": 901, "order": 0}, "less than or equal to 900"),
        ("trunks", TRUNK | {"shown_number": "Sales"}, "in digits"),
    ],
)
def test_what_would_do_harm_is_refused_with_a_sentence(
    admin: Client, slug: str, fields: dict[str, Any], sentence: str
) -> None:
    response = admin.post(f"/setup/{slug}/new", fields, headers=HX)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert ConfigRevision.current() == 0


def test_who_blocked_is_shown_and_an_end_may_pass(admin: Client, people: People) -> None:
    until = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    admin.post("/setup/blocks/new", {"pattern": "7916", "reason": "Shouts", "expires_at": until}, headers=HX)
    block = BlockedNumber.objects.get()
    assert block.blocked_by == people["admin"]
    assert "Shouts" in (page := admin.get("/setup/blocks/").content.decode())
    assert "Admin" in page
    BlockedNumber.objects.update(expires_at=timezone.now() - timedelta(days=1))
    stored = BlockedNumber.objects.get().expires_at
    assert stored is not None
    shown = timezone.localtime(stored).strftime("%Y-%m-%dT%H:%M")
    assert "Over" in admin.get("/setup/blocks/").content.decode()
    fields = {"pattern": "7916", "reason": "Other", "expires_at": shown}
    assert admin.post(f"/setup/blocks/{block.pk}", fields).status_code == 302
    assert (BlockedNumber.objects.get().reason, BlockedNumber.objects.get().expires_at) == ("Other", stored)


def test_rules_of_the_whole_centre(admin: Client) -> None:
    assert "let through" in admin.get("/setup/blocks/").content.decode()
    assert admin.get("/setup/blocks/rules").status_code == 200
    saved = admin.post("/setup/blocks/rules", FLOOD, headers=HX)
    assert saved.status_code == 200
    assert FloodProtection.current().is_on
    assert "slowed down beyond 5" in saved.content.decode()
    wrong = admin.post("/setup/blocks/rules", FLOOD | {"refuse_beyond": 5}, headers=HX)
    assert wrong.status_code == 422
    assert "larger number" in wrong.content.decode()
    admin.post("/setup/outside-numbers/rules", {"most_a_day": 7, "most_a_call": 2, "most_at_once": 4})
    limits = DiallingLimits.current()
    assert (limits.most_a_day, limits.most_a_call, limits.most_at_once) == (7, 2, 4)
    assert admin.get("/setup/queues/rules").status_code == 404


def test_a_queue_asks_for_skills_and_keeps_its_rules(admin: Client, german: Skill) -> None:
    asks = {f"asks_{german.pk}": "5", f"relax_{german.pk}": "30"}
    fields = QUEUE | asks | {"sticky_s": 15, "whisper": "on", "cool_off_s": 45}
    assert admin.post("/setup/queues/new", fields, headers=HX).status_code == 200
    queue = Queue.objects.get()
    known = load_setup().config.queues[queue.queue_id]
    assert [(one.at_least, one.relax_after_s) for one in known.requirements] == [(5, 30.0)]
    assert (known.sticky_s, known.whisper, known.cool_off_s) == (15.0, True, 45.0)
    page = admin.get(f"/setup/queues/{queue.pk}").content.decode()
    assert 'value="30"' in page
    wrong = admin.post(f"/setup/queues/{queue.pk}", fields | {f"relax_{german.pk}": "9999"}, headers=HX)
    assert wrong.status_code == 422
    assert "less than or equal to 3600" in wrong.content.decode()


def test_a_number_has_its_own_priority_and_skills(admin: Client, german: Skill) -> None:
    queue = Queue.objects.create(name="Support")
    fields = {"pattern": "100", "queue": queue.pk, "language": "en", "priority": 4, f"asks_{german.pk}": "3"}
    response = admin.post("/setup/numbers/new", fields, headers=HX)
    assert response.status_code == 200, response.content.decode()
    route = load_setup().config.numbers["100"]
    assert (route.priority, route.requirements[0].at_least) == (4, 3)
    changed = fields | {"anonymous_target_place": "hang_up"}
    assert admin.post(f"/setup/numbers/{Number.objects.get().pk}", changed, headers=HX).status_code == 200
    assert load_setup().config.numbers["100"].when_anonymous is not None


def test_a_person_has_a_team_and_skills(admin: Client, german: Skill) -> None:
    team = Team.objects.create(name="One")
    fields = PERSON | {"team": team.pk, f"skill_{german.pk}": "8"}
    assert admin.post("/setup/users/new", fields, headers=HX).status_code == 200
    person = team.members.get()
    assert person.skills.get().proficiency == 8
    skill = german.skill_id
    assert load_setup().config.agents[person.agent_id].skills == {skill: 8}


@pytest.mark.parametrize(
    ("address", "field"),
    [("/setup/teams/new", "members"), ("/setup/queues/new", "greetings"), ("/setup/announcing/new", "messages")],
)
def test_a_choice_that_there_is_not_is_refused_however_large(admin: Client, address: str, field: str) -> None:
    for choice in ("9" * 30, "12345", "none"):
        wrong = admin.post(address, {"name": "Early birds", field: [choice]}, headers=HX)
        assert wrong.status_code == 422
        assert wrong.context["form"].errors[field]


def test_a_team_is_made_of_people(admin: Client, people: People) -> None:
    members = [people["agent"].pk, people["colleague"].pk]
    admin.post("/setup/teams/new", {"name": "One", "leader": people["leader"].pk, "members": members}, headers=HX)
    team = Team.objects.get()
    assert set(team.members.all()) == {people["agent"], people["colleague"]}
    wrong = admin.post("/setup/teams/new", {"name": "Two", "leader": people["agent"].pk}, headers=HX)
    assert wrong.status_code == 422  # an agent leads nobody
    admin.post(f"/setup/teams/{team.pk}/delete", headers=HX)
    people["agent"].refresh_from_db()
    assert people["agent"].team is None


# The table of agents and skills


def test_a_cell_is_in_force_at_once(admin: Client, people: People, german: Skill) -> None:
    ann = people["agent"]
    law = do_save_skill(None, Skill(name="Law", kind="product"))
    do_set_skills(None, ann, {law: 2})
    response = admin.post(f"/setup/skills/matrix/{ann.pk}/{german.pk}", {"level": "9"}, headers=HX)
    assert response.status_code == 200
    assert "matrix__cell--9" in response.content.decode()
    config = load_setup().config
    Membership.objects.create(user=ann, queue=Queue.objects.create(name="Support"))
    assert config.agents[ann.agent_id].skills == {german.skill_id: 9, law.skill_id: 2}
    page = admin.get("/setup/skills/matrix").content.decode()
    assert page.count('name="level"') == 2 * len(people)
    assert 'value="9"' in page
    admin.post(f"/setup/skills/matrix/{ann.pk}/{german.pk}", {"level": ""}, headers=HX)
    assert load_setup().config.agents[ann.agent_id].skills == {law.skill_id: 2}


@pytest.mark.parametrize("typed", ["11", "0", "-1", "many", "1.5", "99999999999999999999", "٣"])
def test_a_cell_keeps_what_was_typed_and_says_what_is_wrong(
    admin: Client, people: People, german: Skill, typed: str
) -> None:
    response = admin.post(f"/setup/skills/matrix/{people['agent'].pk}/{german.pk}", {"level": typed}, headers=HX)
    assert response.status_code == 422
    assert "from 1 to 10" in response.content.decode()
    assert not people["agent"].skills.exists()


def test_the_table_of_one_team(admin: Client, people: People, german: Skill) -> None:
    team = Team.objects.create(name="One")
    people["agent"].team = team
    people["agent"].save()
    page = admin.get(f"/setup/skills/matrix?team={team.pk}").content.decode()
    assert page.count('name="level"') == 1
    assert admin.get("/setup/skills/matrix?team=nonsense").status_code == 200


def test_a_long_table_has_pages_and_is_searched_whatever_the_case(admin: Client, german: Skill) -> None:
    team = Team.objects.create(name="One")
    make = partial(User, language="ru", password="!")
    crowd = [
        make(username=f"agent{n}", display_name=f"Оператор {n:03}", team=team if n < 60 else None) for n in range(250)
    ]
    User.objects.bulk_create(crowd)

    def names(query: str) -> list[str]:
        return [str(row.person) for row in admin.get(f"/setup/skills/matrix?{query}").context["rows"]]

    first = admin.get("/setup/skills/matrix")
    assert len(first.context["rows"]) == 50
    assert first.content.decode().count('rel="next"') == 1
    shown = [name for number in range(1, 7) for name in names(f"page={number}")]
    assert sorted(shown) == sorted(str(one) for one in User.objects.active().people())
    assert names("q=оПЕРАТОР+217") == names("q=AGENT217+оператор") == ["Оператор 217"]
    assert len(names(f"team={team.pk}&page=2")) == 10
    second = admin.get(f"/setup/skills/matrix?team={team.pk}&q=оператор&page=2").content.decode()
    assert f"team={team.pk}&amp;q=%D0%BE" in second, "the way back keeps what was asked"
    assert 'value="оператор"' in second
    assert "Nobody has this name" in admin.get("/setup/skills/matrix?q=zzz").content.decode()


def test_the_table_asks_the_database_a_few_times_however_many_agents(
    admin: Client, german: Skill, django_assert_max_num_queries: Any
) -> None:
    User.objects.bulk_create(User(username=f"agent{n}", password="!") for n in range(120))
    with django_assert_max_num_queries(10):
        admin.get("/setup/skills/matrix")


@pytest.mark.parametrize("who", ["agent", "leader"])
def test_only_administrators_change_skills_and_rules(visit: Visit, people: People, german: Skill, who: str) -> None:
    client = visit(who)
    cell = f"/setup/skills/matrix/{people['agent'].pk}/{german.pk}"
    assert client.post(cell, {"level": "9"}, headers=HX).status_code == 403
    assert client.get("/setup/skills/matrix").status_code == 403
    assert client.post("/setup/blocks/rules", FLOOD).status_code == 403
    assert not people["agent"].skills.exists()
    assert visit().get("/setup/skills/matrix").status_code == 302


# What is wrong is said


def test_the_overview_says_nothing_of_a_sound_centre(admin: Client, people: People) -> None:
    Membership.objects.create(user=people["agent"], queue=Queue.objects.create(name="Support"))
    assert "findings" not in admin.get("/setup/").content.decode()


def test_the_overview_names_a_queue_that_nobody_can_serve(admin: Client, people: People, german: Skill) -> None:
    queue = Queue.objects.create(name="Support & more")
    page = admin.get("/setup/").content.decode()
    assert "Nobody answers the calls of queue “Support &amp; more”." in page
    Membership.objects.create(user=people["agent"], queue=queue)
    queue.requirements.create(skill=german, at_least=5)
    page = admin.get("/setup/").content.decode()
    assert "Nobody in queue “Support &amp; more” can do what it asks for: callers wait in vain." in page
    do_set_skills(None, people["agent"], {german: 5})
    assert "findings" not in admin.get("/setup/").content.decode()


def test_the_overview_speaks_russian(admin: Client) -> None:
    admin.post("/account/language", {"language": "ru", "next": "/setup/"})
    Queue.objects.create(name="Поддержка")
    Menu.objects.create(name="Меню", draft={})
    OutsideNumber.objects.create(pattern="+7495*")
    page = admin.get("/setup/").content.decode()
    assert "«Поддержка»" in page
    start = page.index("findings-title")
    words = page[start : page.index("</section>", start)]
    assert not any(english in words for english in ("nobody", "queue", "Outside", "leads"))


@pytest.mark.parametrize(
    ("language", "sentence", "place"),
    [
        ("en", "Queues send callers round in a circle", "“A”"),
        ("ru", "звонящих по кругу", "A"),
    ],
)
def test_a_circle_stops_the_set_up_and_is_named(admin: Client, language: str, sentence: str, place: str) -> None:
    """The forms refuse it; rows that were changed by hand are found all the same."""
    one, two = Queue.objects.create(name="A"), Queue.objects.create(name="B")
    for here, there in ((one, two), (two, one)):
        QueueAdmission.objects.create(queue=here, closed_target=f"queue:{there.pk}")
    admin.post("/account/language", {"language": language, "next": "/setup/"})
    page = admin.get("/setup/").content.decode()
    assert "findings__group--stopping" in page
    assert sentence in page
    assert place in page[page.index("findings__group--stopping") :]


def test_what_is_left_out_is_named(admin: Client) -> None:
    Greeting.objects.create(title="Welcome <b>", audio_file="gone.wav")
    page = admin.get("/setup/").content.decode()
    assert "Greeting “Welcome &lt;b&gt;” has lost its sound gone.wav; it is not played." in page
    assert "findings__group--stopping" not in page


def test_numbers_may_be_dialled_and_there_is_no_line(admin: Client) -> None:
    OutsideNumber.objects.create(pattern="+7495*")
    sentence = "no trunk is marked"
    assert sentence in admin.get("/setup/").content.decode()
    Trunk.objects.create(name="Line", host="sip.example.com", is_outgoing=True)
    assert sentence not in admin.get("/setup/").content.decode()
