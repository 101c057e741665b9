from django.urls import path

from .views import announcements, desk, jobs, messages

urlpatterns = [
    path("announcements/", announcements.announcement_list, name="announcement_list"),
    path("announcements/<int:pk>/", announcements.announcement_detail, name="announcement_detail"),
    path("messages/", messages.message_list, name="message_list"),
    path("messages/read/", messages.message_read_all, name="message_read_all"),
    path("messages/<int:pk>/open/", messages.message_open, name="message_open"),
    path("desk/announcements/", desk.desk_announcements, name="desk_announcements"),
    path("desk/announcements/new/", desk.desk_announcement_new, name="desk_announcement_new"),
    path("desk/announcements/<int:pk>/", desk.desk_announcement, name="desk_announcement"),
    path("desk/announcements/<int:pk>/end/", desk.desk_announcement_end, name="desk_announcement_end"),
    path("desk/jobs/", jobs.job_list, name="job_list"),
    path("desk/jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("desk/jobs/<int:pk>/retry/", jobs.job_retry, name="job_retry"),
]
