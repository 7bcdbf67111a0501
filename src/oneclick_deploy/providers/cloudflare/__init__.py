"""Cloudflare: tokens and accounts here, one folder for each product.

`AsyncCloudflareClient` and `CloudflareClient` answer for the account; Pages is in `pages`.
"""

from oneclick_deploy.providers.cloudflare._async import AsyncCloudflareClient
from oneclick_deploy.providers.cloudflare._sync import CloudflareClient
from oneclick_deploy.providers.cloudflare.models import Account, TokenOwner, TokenStatus

__all__ = ["Account", "AsyncCloudflareClient", "CloudflareClient", "TokenOwner", "TokenStatus"]
