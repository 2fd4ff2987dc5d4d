from django.urls import include, path

from postmortems.exporting.urls import export_urls
from postmortems.views import (
    attachments,
    blocks,
    comments,
    history,
    lane,
    lifecycle,
    lines,
    meeting,
    pages,
    people,
    sections,
    timeline,
)

app_name = "postmortems"

document_urls = [
    path("", pages.detail, name="detail"),
    path("outline/", pages.outline, name="outline"),
    path("text/", pages.text, name="text"),
    path("facts/", pages.facts, name="facts"),
    path("status/", lifecycle.status, name="status"),
    path("standing/", meeting.standing, name="standing"),
    path("plan-meeting/", meeting.plan, name="plan_meeting"),
    path("share-draft/", meeting.share_draft, name="share_draft"),
    path("submit/", lifecycle.submit, name="submit"),
    path("send-back/", lifecycle.send_back, name="send_back"),
    path("publish/", lifecycle.publish, name="publish"),
    path("close/", lifecycle.close, name="close"),
    path("reopen/", lifecycle.reopen, name="reopen"),
    path("sections/<int:pk>/edit/", sections.edit, name="edit_section"),
    path("history/", history.index, name="history"),
    path("history/name/", history.name, name="name_revision"),
    path("history/compare/", history.compare_two, name="compare"),
    path("history/<int:revision>/", history.detail, name="revision"),
    path("history/<int:revision>/bring-back/", history.bring_back, name="bring_back"),
    path("attachments/", attachments.attachments, name="attachments"),
    path("attachments/<int:pk>/<str:file_name>", attachments.attachment, name="attachment"),
    path("blocks/<slug:block>/", blocks.block, name="block"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/lane/", lane.lane, name="lane"),
    path("timeline/line/", lines.add, name="add_line"),
    path("timeline/line/preview/", lines.preview, name="preview_line"),
    path("timeline/add/", timeline.add, name="add_event"),
    path("timeline/<int:pk>/edit/", timeline.edit, name="edit_event"),
    path("timeline/<int:pk>/edit/field/", timeline.edit_field, name="edit_event_field"),
    path("timeline/<int:pk>/move/", timeline.move, name="move_event"),
    path("timeline/<int:pk>/remove/", timeline.remove, name="remove_event"),
    path("comments/", comments.comments, name="comments"),
    path("comments/add/", comments.add, name="add_comment"),
    path("comments/<int:pk>/edit/", comments.edit, name="edit_comment"),
    path("comments/<int:pk>/withdraw/", comments.withdraw, name="withdraw_comment"),
    path("threads/<int:pk>/reply/", comments.add_reply, name="reply"),
    path("threads/<int:pk>/resolve/", comments.resolve, name="resolve_thread"),
    path("threads/<int:pk>/reopen/", comments.reopen, name="reopen_thread"),
    path("people/", people.people, name="people"),
]

urlpatterns = [
    path("incidents/<int:number>/postmortem/", pages.create, name="create"),
    path("postmortems/", pages.index, name="index"),
    path("postmortems/<int:number>/", include(document_urls)),
    *export_urls,
]
