from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, UserFactory


def test_filter_names_no_owner_of_hidden_actions(client, viewer):
    ActionFactory(owner=UserFactory(name="Olga Open"), postmortem=PostmortemFactory())
    hidden = PostmortemFactory(incident=IncidentFactory(is_restricted=True))
    ActionFactory(owner=UserFactory(name="Hedda Hidden"), postmortem=hidden)
    client.force_login(viewer)

    page = client.get("/actions/").content.decode()

    assert "Olga Open" in page
    assert "Hedda Hidden" not in page


def test_edit_with_a_former_value_that_was_tampered_with_is_answered(client, member):
    action = ActionFactory(postmortem=PostmortemFactory(), title="Old words")
    client.force_login(member)
    sent = {"title": "New words", "priority": "high", "description": "", "seen-title": "x" * 5000, "seen-priority": "?"}

    response = client.post(f"/actions/{action.number}/edit/", sent)

    assert response.status_code == 302
    action.refresh_from_db()
    assert (action.title, action.priority) == ("New words", "high")


def test_filter_means_the_one_of_two_namesakes_whose_address_stands_beside_the_name(client, viewer):
    olgas = [UserFactory(name="Olga Open", email=f"olga{n}@harbour.example") for n in (1, 2)]
    actions = [ActionFactory(owner=olga, postmortem=PostmortemFactory()) for olga in olgas]
    client.force_login(viewer)

    shown = [client.get("/actions/", {"owner": words}) for words in ("olga", "Olga Open (olga2@harbour.example)")]

    assert [set(page.context["page"].object_list) for page in shown] == [set(actions), {actions[1]}]
    assert "Olga Open (olga2@harbour.example)" in shown[1].text
