from django.urls import include, path

from actions import views
from actions.views import candidates

app_name = "actions"

candidate_urls = [
    path("", candidates.candidates, name="candidates"),
    path("add/", candidates.add, name="add_candidate"),
    path("<int:candidate>/edit/", candidates.edit, name="edit_candidate"),
    path("<int:candidate>/edit/field/", candidates.edit_field, name="edit_candidate_field"),
    path("<int:candidate>/place/", candidates.place, name="place_candidate"),
    path("<int:candidate>/take/", candidates.take, name="take_candidate"),
    path("<int:candidate>/leave/", candidates.leave, name="leave_candidate"),
]

urlpatterns = [
    path("", views.index, name="index"),
    path("waiting/", views.waiting, name="waiting"),
    path("board/", views.board, name="board"),
    path("weekly/", views.weekly, name="weekly"),
    path("figures/", views.figures, name="figures"),
    path("sheet.csv", views.sheet_of, name="sheet"),
    path("bulk/", views.bulk, name="bulk"),
    path("filters/save/", views.save_filter, name="save_filter"),
    path("filters/<int:pk>/remove/", views.remove_filter, name="remove_filter"),
    path("for/<int:number>/", views.panel, name="panel"),
    path("for/<int:number>/plan/", candidates.plan, name="plan"),
    path("for/<int:number>/weighed/", candidates.weighed, name="weighed"),
    path("for/<int:number>/smart/", views.smart, name="smart"),
    path("for/<int:number>/candidates/", include(candidate_urls)),
    path("new/<int:number>/", views.create, name="create"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/edit/", views.edit, name="edit"),
    path("<int:number>/edit/field/", views.edit_field, name="edit_field"),
    path("<int:number>/answer/<slug:purpose>/", views.answer, name="answer"),
    path("answer/<str:token>/", views.answer_by_mail, name="answer_by_mail"),
    path("<int:number>/move/", views.move, name="move"),
    path("<int:number>/accept/", views.accept, name="accept"),
    path("<int:number>/decline/", views.decline, name="decline"),
    path("<int:number>/start/", views.start, name="start"),
    path("<int:number>/block/", views.block, name="block"),
    path("<int:number>/progress/", views.progress, name="progress"),
    path("<int:number>/finish/", views.finish, name="finish"),
    path("<int:number>/confirm/", views.confirm, name="confirm"),
    path("<int:number>/decide/", views.decide, name="decide"),
    path("<int:number>/drop/", views.drop, name="drop"),
    path("<int:number>/reopen/", views.reopen, name="reopen"),
    path("<int:number>/reassign/", views.reassign, name="reassign"),
    path("<int:number>/reschedule/", views.reschedule, name="reschedule"),
    path("<int:number>/links/add/", views.link, name="link"),
    path("<int:number>/links/<int:pk>/remove/", views.unlink, name="unlink"),
    path("<int:number>/holds/<int:days>/", views.holds, name="holds"),
    path("<int:number>/fails/<int:days>/", views.fails, name="fails"),
]
