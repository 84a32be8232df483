"""The cache files shared with the AWS CLI and the SDKs: their names and shapes, whole writes, locks."""
