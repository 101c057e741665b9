from django.urls import path

from . import views

urlpatterns = [
    path("palaces/", views.palace_list, name="palace_list"),
    path("palaces/choose/", views.choose_palace, name="choose_palace"),
    path("palaces/<slug:slug>/", views.palace_detail, name="palace_detail"),
]
