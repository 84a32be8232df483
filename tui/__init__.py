"""ssotui: a terminal board for AWS IAM Identity Center sessions."""

__version__ = "0.1.0"
