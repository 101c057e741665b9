from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "palace.pages.admin_site.PortalAdminSite"
