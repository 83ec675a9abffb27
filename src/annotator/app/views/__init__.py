"""Shared parts of the views: their declaration, the base of views that load when shown, announcements and toasts."""
