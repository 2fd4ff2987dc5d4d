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
