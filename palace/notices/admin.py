from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from palace.core.admin_base import PalaceModelAdmin, ReadOnly
from palace.core.admin_columns import Outgoing, in_own_words, moment
from palace.core.wording import local_text, masked_name

from .models import Announcement, Message
from .services import save_announcement


@admin.register(Announcement)
class AnnouncementAdmin(PalaceModelAdmin):
    see_right = edit_right = "notices.edit_announcement"
    list_display = (in_own_words("title", _("title")), "audience", "shown_from", "shown_until", "created_by")
    list_filter = ("audience",)
    list_select_related = ("created_by",)
    search_fields = ("title", "title_en")
    date_hierarchy = "shown_from"
    fields = (("title", "title_en"), ("body", "body_en"), "audience", "shown_from", "shown_until")

    def save_model(self, request, obj, form, change):
        save_announcement(announcement=obj, by=request.user)


@admin.register(Message)
class MessageAdmin(Outgoing, ReadOnly, PalaceModelAdmin):
    """Did it go out? Text and number stay with the person."""

    see_right = "notices.see_messages"
    list_display = ("what", "way", "who", "how_far", "written", "sent")
    list_filter = ("channel", "state")
    list_select_related = ("member",)
    list_display_links = ("what",)
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fields = (("what", "way"), "who", ("how_far", "attempts"), ("written", "sent"), "trouble")

    @admin.display(description=_("title"))
    def what(self, message):
        return local_text(message, "title")

    @admin.display(description=_("way"), ordering="channel")
    def way(self, message):
        return message.get_channel_display()

    @admin.display(description=_("member"))
    def who(self, message):
        return masked_name(message.member.name) if message.member else "–"

    @admin.display(description=_("state"), ordering="state")
    def how_far(self, message):
        return message.get_state_display()

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, message):
        return moment(message.sent_at)
