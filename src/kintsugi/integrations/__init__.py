"""Our own plugins, which send out: by the public hooks only, as anybody's plugin does."""

from collections.abc import Mapping

from kintsugi.integrations.email import plugin as email_plugin
from kintsugi.integrations.webhook import plugin as webhook_plugin

BUILT_IN: Mapping[str, object] = {
    "kintsugi-email": email_plugin,
    "kintsugi-webhook": webhook_plugin,
}
"""Our plugins by name."""
